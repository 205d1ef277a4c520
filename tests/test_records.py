"""Records: what they keep of a run, and how they tell that it changed."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from diagramgen.errors import DriftError
from diagramgen.records import Record, compare, read_record, record_of, write_record
from diagramgen.trace import (
    BlockResult,
    Failure,
    LayerCall,
    Outcome,
    TensorSpec,
    ValueResult,
    Warned,
)

ENCODER = LayerCall(
    number=1,
    layer="Bidirectional",
    name="encoder",
    inputs=(TensorSpec(shape=(None, 5, 8), dtype="float32", values=[[[0.25]]]),),
    outputs=(TensorSpec(shape=(None, 5, 128), dtype="float32", tensor=7),),
    parameters=70_144,
)
MASK = TensorSpec(shape=(2, 5), dtype="bool")
OUTCOME = Outcome(
    versions={"keras": "3.15.1"},
    blocks=(BlockResult(calls=(ENCODER,)), BlockResult()),
    values=(ValueResult(text="(1, 4)"), ValueResult(text="0.7311")),
)


def record(outcome: Outcome) -> Record:
    made = record_of({"": outcome})
    assert made
    return made


RECORD = record(OUTCOME)


def messages(outcome: Outcome) -> list[str]:
    return [found.message for found in compare(RECORD, record(outcome), lambda a, b: a == b)]


def with_blocks(*blocks: BlockResult) -> Outcome:
    return replace(OUTCOME, blocks=blocks)


def test_a_page_on_which_keras_does_nothing_needs_no_record() -> None:
    assert record_of({"": Outcome({}, blocks=(BlockResult(stdout="hi"),))}) is None
    assert record_of({}) is None


def test_the_same_facts_are_no_drift() -> None:
    assert messages(OUTCOME) == []


def test_another_shape_names_the_layer_and_both_shapes() -> None:
    narrower = replace(ENCODER, outputs=(TensorSpec(shape=(None, 5, 64), dtype="float32"),))
    assert messages(with_blocks(BlockResult(calls=(narrower,)), BlockResult())) == [
        'Bidirectional "encoder": output (None, 5, 128) float32 → (None, 5, 64) float32'
    ]


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (BlockResult(), 'Bidirectional "encoder": is no longer called'),
        (
            BlockResult(calls=(ENCODER,), warnings=(Warned("UserWarning", "…"),)),
            "warnings none → UserWarning",
        ),
        (
            BlockResult(calls=(ENCODER,), error=Failure("ValueError", "…")),
            "error none → ValueError",
        ),
        (
            BlockResult(calls=(replace(ENCODER, parameters=5),)),
            'Bidirectional "encoder": parameters 70144 → 5',
        ),
        (
            BlockResult(calls=(replace(ENCODER, mask=MASK),)),
            'Bidirectional "encoder": mask none → (2, 5) bool',
        ),
        (
            BlockResult(calls=(replace(ENCODER, final_states=(MASK, MASK)),)),
            'Bidirectional "encoder": states none → (2, 5) bool; (2, 5) bool',
        ),
    ],
)
def test_every_kind_of_fact_is_compared(block: BlockResult, message: str) -> None:
    assert messages(with_blocks(block, BlockResult())) == [message]


def test_a_drift_knows_its_block_and_its_value() -> None:
    changed = replace(
        OUTCOME,
        blocks=(OUTCOME.blocks[0], BlockResult(error=Failure("ValueError", "…"))),
        values=(OUTCOME.values[0], ValueResult(text="0.5")),
    )
    block, value = compare(RECORD, record(changed), lambda a, b: a == b)
    assert (block.block, value.value) == (1, 1)
    assert value.message == "inline value 0.7311 → 0.5"


def test_a_layer_that_another_one_counted_on_is_the_same_layer() -> None:
    def outcome(name: str) -> Outcome:
        call = LayerCall(number=1, layer="GlobalAveragePooling1D", name=name)
        return with_blocks(BlockResult(calls=(call,)))

    old = record(outcome("global_average_pooling1d"))
    new = record(outcome("global_average_pooling1d_3"))
    assert not list(compare(old, new, lambda a, b: a == b))


def test_a_file_holds_one_fact_a_line_and_no_numbers_of_tensors() -> None:
    text = write_record(RECORD).decode()
    assert "0.25" not in text
    assert '"output": "(None, 5, 128) float32",' in [line.strip() for line in text.splitlines()]
    assert read_record(text.encode()) == RECORD


@pytest.mark.parametrize("data", [b"", b"{", b'{"versions": 3}'])
def test_a_damaged_record_says_what_to_do(data: bytes) -> None:
    with pytest.raises(DriftError, match="diagramgen update"):
        read_record(data)


def test_records_of_the_same_run_are_the_same_bytes() -> None:
    again = msgspec.json.decode(msgspec.json.encode(OUTCOME), type=Outcome)
    assert write_record(record(again)) == write_record(RECORD)
