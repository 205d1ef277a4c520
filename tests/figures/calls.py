"""Layer calls as a recorder would write them, with numbers that only have to be tellable apart."""

from __future__ import annotations

from itertools import count
from typing import Any

from msgspec.structs import replace

from diagramgen.trace import DRAWN_RANK, Argument, Cell, LayerCall, Source, Step, TensorSpec, kept


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
            values=self._values(shape) if len(shape) <= DRAWN_RANK else None,
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
        cells: tuple[Cell, ...] = (),
        **config: Any,
    ) -> LayerCall:
        """A call of a recurrent layer whose steps were replayed."""
        batch, time, *content = (axis or 0 for axis in x.shape)
        made = (batch, *content[:-1], units)
        symbols = ("h", "c") if layer == "LSTM" else ("h",)
        cells = cells or (Cell(f"{layer}Cell", symbols),)
        states = tuple(
            TensorSpec(shape=made, dtype="float32", values=self._zeros(*made))
            for cell in cells
            for _ in cell.states
        )
        initial, steps = states, []
        order = list(enumerate(kept(time)))
        for place, t in order[:: -1 if config.get("go_backwards") else 1]:
            before, states = states, tuple(self.tensor(*made) for _ in states)
            steps.append(
                Step(
                    t=t,
                    input=TensorSpec(
                        shape=(batch, *content),
                        dtype="float32",
                        values=x.values and [row[place] for row in x.values],
                    ),
                    states_before=before,
                    output=states[0],
                    states=states,
                )
            )
        sequences = bool(config.get("return_sequences"))
        output = self.tensor(batch, time, *made[1:]) if sequences else states[0]
        return self._add(
            layer,
            "recurrent",
            inputs=(x,),
            outputs=(output, *(states if config.get("return_state") else ())),
            source=code,
            input_source=given,
            config={"units": units, **config},
            cells=cells,
            initial_states=initial,
            final_states=states,
            steps=tuple(sorted(steps, key=lambda step: step.t)),
        )

    def bidirectional(
        self,
        x: TensorSpec,
        units: int,
        merge_mode: str | None,
        *,
        sequences: bool,
        state: bool = False,
        layer: str = "LSTM",
    ) -> LayerCall:
        """A call of a bidirectional layer, and those of its halves in it."""
        code = source(f"Bidirectional({layer}({units}))", layer__units=str(units))
        outer = self._add(
            "Bidirectional",
            "bidirectional",
            inputs=(x,),
            config={"merge_mode": merge_mode},
            source=code,
            wrapped=layer,
        )
        place, halves = len(self.calls) - 1, []
        for backward in (False, True):
            half = self.recurrent(
                x,
                units,
                layer,
                go_backwards=backward,
                return_sequences=sequences,
                return_state=state,
            )
            halves.append(replace(half, parent=outer.number, depth=1))
            self.calls[-1] = halves[-1]
        merged = self._merged(x, halves, merge_mode, sequences=sequences)
        states = tuple(one for half in halves for one in half.final_states) if state else ()
        self.calls[place] = replace(outer, outputs=(*merged, *states))
        return self.calls[place]

    def _merged(
        self, x: TensorSpec, halves: list[LayerCall], merge_mode: str | None, *, sequences: bool
    ) -> tuple[TensorSpec, ...]:
        """What a bidirectional layer makes of what its halves gave at each step."""
        batch, time, *content = (axis or 0 for axis in x.shape)
        units = halves[0].final_states[0].shape[-1] or 0
        width = units * (2 if merge_mode == "concat" else 1)
        made = (*content[:-1], width)
        merged = self.tensor(batch, *([time] if sequences else []), *made)
        if merge_mode is None:
            return merged, replace(merged, tensor=next(self._tensors))
        if merge_mode == "concat" and merged.values:
            ahead, back = (
                [dict(zip(kept(units), step.output.values[0], strict=True)) for step in half.steps]
                for half in halves
            )
            pairs = list(zip(ahead, back, strict=True)) if sequences else [(ahead[-1], back[0])]
            rows = [
                [one[place] if place < units else other[place - units] for place in kept(width)]
                for one, other in pairs
            ]
            merged.values[0] = rows if sequences else rows[0]
        return (merged,)

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
