"""Layer calls as a recorder would write them, with numbers that only have to be tellable apart."""

from __future__ import annotations

from itertools import count
from typing import Any

from msgspec.structs import replace

from diagramgen.trace import Argument, LayerCall, Source, Step, TensorSpec, kept


def source(text: str, **arguments: str) -> Source:
    """A call's text; each argument is given with the text of its value.

    ``layer__units`` stands for ``layer.units``.
    """
    return Source(
        text=text,
        arguments=tuple(
            Argument(
                name=name.replace("__", "."),
                start=text.rindex(value),
                end=text.rindex(value) + len(value),
            )
            for name, value in arguments.items()
        ),
    )


def input_source(time: int | None, features: int) -> Source:
    """The text of a ``keras.Input`` call for such data."""
    steps = str(time)
    after = 13 + len(steps)
    return Source(
        text=f"keras.Input(({steps}, {features}))",
        arguments=(
            Argument(name="shape[0]", start=13, end=after),
            Argument(name="shape[1]", start=after + 2, end=after + 2 + len(str(features))),
        ),
    )


class Tape:
    """Counts calls and tensors, and makes up numbers, the same ones each time."""

    def __init__(self) -> None:
        self.calls: list[LayerCall] = []
        self._tensors = count(1)
        self._numbers = count(1)

    def tensor(self, *shape: int) -> TensorSpec:
        """A tensor with values, elided as a recorder elides them."""
        return TensorSpec(
            shape=shape,
            dtype="float32",
            values=self._values(shape),
            tensor=next(self._tensors),
        )

    def ids(self, batch: int, time: int) -> TensorSpec:
        """Whole numbers, as words are coded."""
        values = [[next(self._numbers) for _ in kept(time)] for _ in kept(batch)]
        return TensorSpec(
            shape=(batch, time), dtype="int32", values=values, tensor=next(self._tensors)
        )

    def recurrent(
        self,
        x: TensorSpec,
        units: int,
        layer: str = "SimpleRNN",
        *,
        code: Source | None = None,
        given: Source | None = None,
        **config: Any,
    ) -> LayerCall:
        """A call of a recurrent layer whose steps were replayed."""
        batch, time, features = (axis or 0 for axis in x.shape)
        states = tuple(
            TensorSpec(shape=(batch, units), dtype="float32", values=self._zeros(batch, units))
            for _ in range(2 if layer == "LSTM" else 1)
        )
        initial, steps = states, []
        order = list(enumerate(kept(time)))
        for place, t in order[:: -1 if config.get("go_backwards") else 1]:
            before, states = states, tuple(self.tensor(batch, units) for _ in states)
            steps.append(
                Step(
                    t=t,
                    input=TensorSpec(
                        shape=(batch, features),
                        dtype="float32",
                        values=[row[place] for row in x.values],
                    ),
                    states_before=before,
                    output=states[0],
                    states=states,
                )
            )
        sequences = bool(config.get("return_sequences"))
        output = self.tensor(batch, time, units) if sequences else states[0]
        return self._add(
            layer,
            "recurrent",
            inputs=(x,),
            outputs=(output, *(states if config.get("return_state") else ())),
            source=code,
            input_source=given,
            config={"units": units, **config},
            initial_states=initial,
            final_states=states,
            steps=tuple(sorted(steps, key=lambda step: step.t)),
        )

    def bidirectional(
        self, x: TensorSpec, units: int, merge_mode: str, *, sequences: bool, layer: str = "LSTM"
    ) -> LayerCall:
        """A call of a bidirectional layer, and those of its halves in it."""
        batch, time, _ = (axis or 0 for axis in x.shape)
        width = units * (2 if merge_mode == "concat" else 1)
        shape = (batch, time, width) if sequences else (batch, width)
        outer = self._add(
            "Bidirectional",
            "bidirectional",
            inputs=(x,),
            outputs=(self.tensor(*shape),),
            config={"merge_mode": merge_mode},
            source=source(f"Bidirectional({layer}({units}))", layer__units=str(units)),
            wrapped=layer,
        )
        for backward in (False, True):
            half = self.recurrent(
                x, units, layer, go_backwards=backward, return_sequences=sequences
            )
            self.calls[-1] = replace(half, parent=outer.number, depth=1)
        return outer

    def dense(
        self,
        x: TensorSpec,
        units: int,
        layer: str = "Dense",
        *,
        code: Source | None = None,
        wrapped: str | None = None,
    ) -> LayerCall:
        """A call of a layer that treats each time-step by itself, or a single vector."""
        shape = x.shape if layer == "Embedding" else x.shape[:-1]
        output = self.tensor(*(axis or 0 for axis in shape), units)
        return self._add(
            layer, "layer", inputs=(x,), outputs=(output,), source=code, wrapped=wrapped
        )

    def pool(self, x: TensorSpec) -> LayerCall:
        """A call of a layer that makes one vector of a sequence."""
        output = self.tensor(x.shape[0] or 0, x.shape[2] or 0)
        return self._add("GlobalAveragePooling1D", "layer", inputs=(x,), outputs=(output,))

    def _add(self, layer: str, kind: str, **rest: Any) -> LayerCall:
        number = len(self.calls) + 1
        call = LayerCall(
            number=number, layer=layer, name=f"{layer.lower()}_{number}", kind=kind, **rest
        )
        self.calls.append(call)
        return call

    def _values(self, shape: tuple[int, ...]) -> Any:
        if not shape:
            return round(((next(self._numbers) * 37) % 199 - 99) / 100, 2)
        return [self._values(shape[1:]) for _ in kept(shape[0])]

    def _zeros(self, *shape: int) -> Any:
        if not shape:
            return 0.0
        return [self._zeros(*shape[1:]) for _ in kept(shape[0])]
