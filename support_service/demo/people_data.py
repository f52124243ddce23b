"""Who works for the demo company. Frappe-free."""

from dataclasses import dataclass

from support_service.constants.roles import DESK_AGENT, ENGINEER, LEAD, MANAGER


@dataclass(frozen=True, slots=True)
class Person:
	"""login: part before the @. gender and born: ERPNext's Employee asks for them. van: engineers drive one."""

	login: str
	first_name: str
	last_name: str
	roles: tuple[str, ...]
	designation: str
	gender: str
	born: str
	language: str = "en"
	phone: str = ""
	team: str = ""


AFTER_SALES, TECHNICAL, PRE_SALES = "After-Sales 售后服务", "Technical Support 技术支持", "Pre-Sales 售前咨询"

STAFF = (
	Person(
		"wang.fang",
		"王芳",
		"Wang Fang",
		(MANAGER, "Stock User", "Stock Manager"),
		"Service Manager",
		"Female",
		"1979-04-12",
	),
	Person("ma.jun", "马军", "Ma Jun", (MANAGER,), "Service Director", "Male", "1972-02-25"),
	Person("zhao.min", "赵敏", "Zhao Min", (LEAD,), "After-Sales Lead", "Female", "1984-09-30"),
	Person("sun.lei", "孙磊", "Sun Lei", (LEAD,), "Technical Support Lead", "Male", "1982-01-18"),
	Person("he.yan", "何燕", "He Yan", (LEAD,), "Pre-Sales Lead", "Female", "1988-06-05"),
	Person("liu.ting", "刘婷", "Liu Ting", (DESK_AGENT,), "Service Desk Agent", "Female", "1996-11-23", "zh"),
)

ENGINEERS = (
	Person(
		"zhang.wei", "张伟", "Zhang Wei", (ENGINEER,), "Field Engineer", "Male", "1990-03-08",
		phone="+86 138 0071 0001", team=AFTER_SALES,
	),
	Person(
		"chen.jing", "陈静", "Chen Jing", (ENGINEER,), "Field Engineer", "Female", "1993-07-21", "zh",
		phone="+86 138 0071 0002", team=AFTER_SALES,
	),
	Person(
		"liu.qiang", "刘强", "Liu Qiang", (ENGINEER,), "Support Engineer", "Male", "1987-12-02",
		phone="+86 138 0071 0003", team=TECHNICAL,
	),
	Person(
		"tom.becker", "Tom", "Becker", (ENGINEER,), "Support Engineer", "Male", "1991-05-16",
		phone="+86 138 0071 0004", team=TECHNICAL,
	),
)  # fmt: skip

# team → (department queue, login of its lead)
TEAMS = {
	AFTER_SALES: ("After-Sales", "zhao.min"),
	TECHNICAL: ("Technical Support", "sun.lei"),
	PRE_SALES: ("Pre-Sales", "he.yan"),
}
PROJECT_MANAGER = "wang.fang"
DIRECTOR = "ma.jun"
