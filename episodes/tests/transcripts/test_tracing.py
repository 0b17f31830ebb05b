"""What something was, worked out backwards from what it is now."""

from hypothesis import given
from hypothesis import strategies as st

from episodes.transcripts.tracing import State, Step, states_of

FIELDS = ("text", "original", "speaker")
values = st.fixed_dictionaries({name: st.sampled_from("abc") for name in FIELDS})


@st.composite
def histories(draw):
    """The states of a turn as they were, and the steps that led from each to the next."""
    state = draw(values)
    stands = True
    states, steps = [State(0, dict(state), stands)], []
    if draw(st.booleans()):
        steps.append(Step(1, (("added", None, dict(state)),)))
        states = [State(1, dict(state), True)]
    for act in range(len(steps) + 1, len(steps) + 1 + draw(st.integers(0, 6))):
        changes = []
        if draw(st.integers(0, 3)) == 0:
            changes.append(("removed", dict(state), None) if stands else ("restored", None, {}))
            stands = not stands
        for name, new in draw(values).items():
            if new != state[name]:
                changes.append((name, state[name], new))
                state[name] = new
        steps.append(Step(act, tuple(changes)))
        states.append(State(act, dict(state), stands))
    return states, steps


def replayed(first: State, steps: list[Step]) -> State:
    """The first state with the changes made again."""
    now, stands = dict(first.values), first.stands
    for step in steps:
        for field, _old, new in step.changes:
            if field in now:
                now[field] = new
            stands = {"removed": False, "restored": True, "added": True}.get(field, stands)
    return State(steps[-1].act if steps else first.act, now, stands)


@given(histories())
def test_the_states_found_are_those_that_were(history):
    states, steps = history
    now = states[-1]
    assert states_of(now.values, steps, stands=now.stands) == states


@given(histories())
def test_the_changes_made_again_lead_from_the_first_state_to_the_current_one(history):
    states, steps = history
    now = states[-1]
    first = states_of(now.values, steps, stands=now.stands)[0]
    assert replayed(first, steps) == now


def test_without_a_change_there_is_one_state():
    assert states_of({"text": "a"}, []) == [State(0, {"text": "a"})]


def test_two_changes_of_one_field_in_one_act_are_taken_back_in_turn():
    step = Step(5, (("text", "a", "b"), ("text", "b", "c")))
    assert states_of({"text": "c"}, [step]) == [State(0, {"text": "a"}), State(5, {"text": "c"})]


def test_what_a_row_has_no_field_for_changes_nothing():
    step = Step(5, (("merged", {"id": 7}, {"id": 8}),))
    assert states_of({"name": "A"}, [step]) == [State(0, {"name": "A"}), State(5, {"name": "A"})]
