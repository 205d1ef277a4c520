"""Layer calls as they are kept while a session runs, and what they become in the trace."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import keras
from keras import KerasTensor

from diagramgen.recording.names import Names
from diagramgen.recording.snapshot import Loop, Taken
from diagramgen.recording.values import Seen
from diagramgen.trace import Source


@dataclass(eq=False, slots=True)
class Call:
    """One call of a layer."""

    layer: keras.Layer
    line: int | None = None
    parent: Call | None = None
    symbolic: bool = False
    example: bool = False
    given: str | None = None
    inputs: tuple[Seen, ...] = ()
    outputs: tuple[Seen, ...] = ()
    """Empty for a call that failed."""
    target: ast.expr | None = None
    """What the author assigns the call's result to."""
    names: Names = ()
    """The author's names for the outputs; empty if there are none."""
    input_source: Source | None = None
    """The ``keras.Input`` call that had given the layer its shape by then."""
    mask: Seen | None = None
    loop: Loop | None = None
    taken: list[Taken] = field(default_factory=list)
    """The steps that its cell took so far; empty when the call has ended."""
    arguments: tuple[tuple[Any, ...], dict[str, Any]] | None = None
    """Of a symbolic call, with a KerasTensor for each tensor: how to call the layer again."""
    result: KerasTensor | None = None
    """Of a call that only builds a model's graph, its first output."""
    recurrent: bool = False
    """Whether the layer is recurrent, or what it received comes from a recurrent layer."""
    parameters: int = 0
    children: list[Call] = field(default_factory=list)

    @property
    def depth(self) -> int:
        """How many calls enclose this one."""
        return 0 if self.parent is None else self.parent.depth + 1

    @property
    def hides_children(self) -> bool:
        """Whether the calls inside are steps of this one, or shapes being worked out."""
        return self.symbolic or isinstance(
            self.layer, keras.layers.RNN | keras.layers.TimeDistributed
        )

    def keep_loop(self, loop: Loop) -> None:
        """The layer has run over time."""
        self.loop = loop

    def walk(self) -> Iterator[Call]:
        """This call and those inside it, in the order in which they began."""
        yield self
        for child in self.children:
            yield from child.walk()


def holds_recurrent(layer: keras.Layer) -> bool:
    """Whether a layer is recurrent, or has a recurrent layer anywhere inside."""
    return any(isinstance(part, keras.layers.RNN) for part in layer._flatten_layers())


def kind_of(layer: keras.Layer) -> str:
    """`LayerCall.kind` of a layer."""
    kinds = {
        "recurrent": keras.layers.RNN,
        "time_distributed": keras.layers.TimeDistributed,
        "bidirectional": keras.layers.Bidirectional,
        "model": keras.Model,
    }
    return next((kind for kind, cls in kinds.items() if isinstance(layer, cls)), "layer")
