"""What a survey asks, which answers fit, and which score is low. Frappe-free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from support_service.constants.words import N_

AFTER_REQUEST, AT_INTERVALS = "After a Request", "At Intervals"
SATISFACTION, RECOMMENDATION, EFFORT = (
	"Satisfaction (1 to 5)",
	"Recommendation (0 to 10)",
	"Effort (1 to 7)",
)
YES_NO, CHOICE, WORDS = "Yes or No", "Choice", "Words"
# kind of a score → its lowest and highest number
SCALES: Mapping[str, tuple[int, int]] = {SATISFACTION: (1, 5), RECOMMENDATION: (0, 10), EFFORT: (1, 7)}
NOTHING, REOPEN, CALL = "Nothing", "Reopen the Request", "Schedule a Call"
LONGEST_WORDS = 2000
YES, NO = "1", "0"
# what is said of fewer answers is chance as likely as not
FEW_ANSWERS = 5


class DoesNotFitError(ValueError):
	"""An answer does not fit its question. question: its number; missing: it must be answered and is not."""

	def __init__(self, question: int, *, missing: bool = False) -> None:
		super().__init__(question)
		self.question, self.missing = question, missing


@dataclass(frozen=True, slots=True)
class Question:
	"""One question as it is asked. question: the words. choices: of CHOICE."""

	question: str
	kind: str
	choices: tuple[str, ...] = ()
	mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
	"""What was answered. number: of a score, 1 or 0 for yes or no. answer: as words, as they were typed or chosen."""

	number: int
	answer: str


@dataclass(frozen=True, slots=True)
class Limits:
	"""Up to which number a score is low; a number below its scale means that none is."""

	satisfaction: int = 2
	recommendation: int = 6
	effort: int = 3

	def of(self, kind: str) -> int:
		limits = {SATISFACTION: self.satisfaction, RECOMMENDATION: self.recommendation, EFFORT: self.effort}
		return limits[kind]


# what the app asks where the company has no template of its own; English, translated when it is asked
BUILT_IN: Mapping[str, tuple[Question, ...]] = {
	AFTER_REQUEST: (Question(N_("How content are you with our service? (optional)"), SATISFACTION),),
	AT_INTERVALS: (
		Question(
			N_("How content are you with our service in the last months?"), SATISFACTION, mandatory=True
		),
		Question(N_("Would you recommend us to a colleague?"), RECOMMENDATION),
		Question(N_("How easy is it to get help from us?"), EFFORT),
		Question(N_("What should we do better?"), WORDS),
	),
}


def read_answer(number: int, question: Question, value: object) -> Answer | None:
	"""The answer to the question of this number; None where it was left out. Raises DoesNotFitError."""
	text = str(value if value is not None else "").strip()
	if not text:
		if question.mandatory:
			raise DoesNotFitError(number, missing=True)
		return None
	if question.kind in SCALES:
		low, high = SCALES[question.kind]
		# int() takes digits of every script, signs and underscores; a form sends none of them
		if not (text.isascii() and text.isdigit()) or len(text) > 2 or not low <= int(text) <= high:
			raise DoesNotFitError(number)
		return Answer(int(text), text)
	if question.kind == YES_NO:
		if text not in (YES, NO):
			raise DoesNotFitError(number)
		return Answer(int(text), "Yes" if text == YES else "No")
	if question.kind == CHOICE:
		if text not in question.choices:
			raise DoesNotFitError(number)
		return Answer(0, text)
	return Answer(0, text[:LONGEST_WORDS])


def read_answers(questions: Sequence[Question], values: Mapping[int, object]) -> list[Answer | None]:
	"""One answer, or None, per question. values: number of the question, from 0 → what was sent; others are not looked at."""
	return [read_answer(number, question, values.get(number)) for number, question in enumerate(questions)]


def is_low(kinds: Iterable[str], answers: Iterable[Answer | None], limits: Limits) -> bool:
	"""Whether one of the scores is low."""
	return any(
		answer is not None and kind in SCALES and answer.number <= limits.of(kind)
		for kind, answer in zip(kinds, answers, strict=True)
	)


def recommendation(numbers: Mapping[int, int]) -> float | None:
	"""The net promoter score, -100 to 100: share of 9 and 10 less share of 0 to 6. numbers: answer → how often."""
	total = sum(numbers.values())
	if not total:
		return None
	promoters = sum(count for number, count in numbers.items() if number >= 9)
	detractors = sum(count for number, count in numbers.items() if number <= 6)
	return 100 * (promoters - detractors) / total


def average(numbers: Mapping[int, int]) -> float | None:
	"""numbers: answer → how often."""
	total = sum(numbers.values())
	return sum(number * count for number, count in numbers.items()) / total if total else None


def share(part: int, whole: int) -> float | None:
	"""In percent; None of nothing."""
	return 100 * part / whole if whole else None


def is_small(answers: int) -> bool:
	"""Whether a figure rests on so few answers that it says little."""
	return answers < FEW_ANSWERS
