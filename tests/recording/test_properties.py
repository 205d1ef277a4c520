"""Whatever layer is called in whatever way: nothing changes, and each step is Keras's own."""

from __future__ import annotations

from hypothesis import given, settings

from diagramgen.trace import LayerCall
from tests.recording.programs import programs
from tests.recording.twice import run_alone, run_watched

AFTERWARDS = """
see(*layer.variables, *[state for state in keras.tree.flatten(getattr(layer, "states", []))])
see(len(layer.losses), layer.name, Dense(1).name)
see(random.random(), np.random.rand(), keras.random.normal((2,)))
"""


@settings(max_examples=50)
@given(programs())
def test_a_program_sees_the_same_and_each_step_agrees(program: str) -> None:
    watched = run_watched(program, afterwards=AFTERWARDS)
    assert watched.seen == run_alone(program + AFTERWARDS)
    for call in watched.recorded[0].calls:
        assert call.note is None
        if call.kind == "recurrent" and call.outputs and not call.symbolic:
            check_steps(call)


def check_steps(call: LayerCall) -> None:
    """A recurrent call's steps lead from what Keras took to what it returned."""
    steps = call.steps[::-1] if call.config["go_backwards"] else call.steps
    _, length = call.inputs[0].shape[:2]
    assert sorted(step.t for step in steps) == list(range(length or 0))
    assert steps[-1].states == call.final_states
    if call.config["return_state"]:
        returned_states = [tensor.values for tensor in call.outputs[1:]]
        assert returned_states == [state.values for state in call.final_states]
    before = call.initial_states
    for step in steps:
        assert step.states_before == before
        before = step.states
    sequence, *_ = call.outputs
    if sequence.values is None:
        return  # images
    returned = [step.output.values for step in steps]
    if call.config["return_sequences"]:
        rows = [[moment[row] for moment in returned] for row in range(sequence.shape[0] or 0)]
        assert rows == sequence.values
    else:
        assert returned[-1] == sequence.values
