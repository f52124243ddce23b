"""The demo's cases that are still open: what the customer said and what has happened since. Frappe-free."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Do:
	"""A move by hand, `hours` after the case was raised; `by`: login, default the lead or the case's engineer."""

	action: str
	hours: float
	engineer: str = ""
	reason: str = ""
	values: dict[str, str] = field(default_factory=dict)
	by: str = ""


@dataclass(frozen=True, slots=True)
class Went:
	"""A visit that was reported. hours: departure; minutes: travel, then work. parts: (item, qty, fitted).

	removed: the parts that were replaced come back to us.
	"""

	engineer: str
	hours: float
	outcome: str
	findings: str
	work_done: str
	prevention: str = ""
	parts: tuple[tuple[str, float, bool], ...] = ()
	minutes: tuple[int, int] = (40, 80)
	remote: bool = False
	removed: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
	"""A visit to come: `days` from today at `at`."""

	engineer: str
	days: int
	at: str
	note: str = ""
	remote: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
	"""The customer's answer to the open survey."""

	hours: float
	satisfied: bool
	score: int
	comment: str = ""
	via: str = "Portal"


Step = Do | Went | Planned | Answered


@dataclass(frozen=True, slots=True)
class Story:
	"""One case. raised: days ago and time of day, or hours ago where `at` is empty."""

	key: str
	customer: str
	unit: str
	subject: str
	description: str
	ago: float
	at: str
	channel: str = "Hotline"
	request_type: str = "Fault"
	impact: str = "Medium"
	urgency: str = "Medium"
	steps: tuple[Step, ...] = ()


OPEN = (
	Story(
		"scanner-stripes", "hospital", "USE8-000731", "超声图像出现竖条纹", "3 号诊室开机后图像右侧有竖条纹，今天已有 12 位患者改约。",
		1.5, "", impact="High", urgency="High",
	),
	Story(
		"spindle-alarm", "factory", "CNC840-3308", "Controller shows alarm 2041 after every tool change",
		"Machine stops after each tool change and has to be reset by hand. Started this morning.",
		3, "", channel="Portal", impact="Medium", urgency="High",
		steps=(Do("ask_to_take", 0.5, by="zhang.wei"),),
	),
	Story(
		"riser-smell", "hotel", "UPS6K-240131", "弱电井有异味，请检查 UPS 电池", "保洁人员反映弱电井有轻微酸味，设备没有告警。",
		20.5, "", impact="Low", urgency="Low",
	),
	Story(
		"bigger-ups", "hotel", "", "咨询：宴会厅扩容后 UPS 方案", "明年 3 月宴会厅扩建，希望了解 10 kVA 以上 UPS 的配置和报价。",
		1, "16:10", channel="E-mail", request_type="Inquiry", impact="Low", urgency="Low",
	),
	Story(
		"printer-faint", "logistics", "PRN4-55120", "标签打印模糊，条码扫不出", "7 号线打印机左半边字迹变淡，更换碳带无效。",
		1, "10:05", urgency="High",
		steps=(
			Do("assign", 1, engineer="chen.jing"),
			Do("acknowledge", 1.2),
			Planned("chen.jing", 0, "15:30", "带 300 dpi 打印头一个；进园区需提前报车牌。"),
		),
	),
	Story(
		"ups-noise", "hotel", "UPS6K-240131", "UPS 风扇异响", "前台反映弱电井有持续的嗡嗡声，设备没有告警。",
		1, "14:40", channel="Walk-in", impact="Low",
		steps=(
			Do("assign", 2, engineer="zhang.wei"),
			Planned("zhang.wei", 1, "09:30", "Take two FAN-120. Ask at reception for the key of the riser."),
		),
	),
	Story(
		"switch-upgrade", "integrator", "SWC48-11082", "核心交换机 A 升级到 7.4 版本", "厂家通告修复内存泄漏，请安排变更窗口。",
		4, "11:20", channel="E-mail", request_type="Upgrade",
		steps=(
			Do("assign", 3, engineer="liu.qiang"),
			Planned("liu.qiang", 2, "22:00", "窗口 22:00–24:00，先备份配置，B 机在线。", remote=True),
		),
	),
	Story(
		"cooling-hot", "datacentre", "CRAC20-0904", "Row 4 supply air 6 °C above set point",
		"Alarm since 05:40. Two racks moved to row 3 for now, the rest is close to the limit.",
		1, "06:15", channel="Monitoring", impact="High", urgency="Medium",
		steps=(
			Do("assign", 0.3, engineer="tom.becker"),
			Went(
				"tom.becker", 1, "Business Restored", "Compressor 2 shuts down on high pressure; condenser fan 1 stopped.",
				"Condenser fan replaced, unit runs on both circuits again. Pressure to be watched for two days.",
				parts=(("FAN-120", 1, True),), minutes=(35, 110), removed=True,
			),
		),
	),
	Story(
		"ups-bypass", "datacentre", "UPS6K-240140", "UPS stays on bypass after the power test",
		"After Sunday's test the UPS did not go back to inverter.", 3, "09:00",
		steps=(
			Do("assign", 1, engineer="zhang.wei"),
			Do("start", 3),
			Do("deliver_plan", 3.5, values={"solution_plan": "Replace the bypass relay; one hour on maintenance bypass."}),
			Do("wait_for_customer", 4, reason="Access to Hall C needs a permit; Mr Patel applies for it, expected in two days."),
		),
	),
	Story(
		"probe-cable", "hospital", "USE8-000731", "探头接口松动，图像偶尔中断", "接口处轻微晃动即黑屏，医生需要用手扶住。",
		5, "08:50", channel="Portal", impact="High",
		steps=(
			Do("assign", 1, engineer="chen.jing"),
			Went(
				"chen.jing", 4, "Parts Needed", "探头电缆根部断股，需更换整根电缆。", "已临时固定，可低强度使用；电缆向中央库申请。",
			),
		),
	),
	Story(
		"cnc-drift", "factory", "CNC840-3307", "Axis X drifts by 0.03 mm over a shift",
		"Scrap rate went up to 4 %. Zero point is right in the morning and wrong in the evening.",
		6, "13:30", channel="E-mail", request_type="Repair",
		steps=(
			Do("assign", 2, engineer="zhang.wei"),
			Went(
				"zhang.wei", 20, "Not Solved", "Encoder signal is clean; drift follows the temperature of the spindle head.",
				"Measured three hours, log files taken. Compensation table has to come from the manufacturer.",
			),
			Do("wait_for_vendor", 26, reason="Sent to the manufacturer with log files, their case 88-20417."),
		),
	),
	Story(
		"printer-jam", "logistics", "PRN4-55121", "8 号线打印机频繁卡纸", "每卷纸卡两三次，夜班影响发货。", 4, "21:15",
		steps=(
			Do("assign", 11, engineer="chen.jing"),
			Went(
				"chen.jing", 15, "Solved", "压纸辊磨损，导纸传感器积灰。", "清洁传感器并调整压力，连续打印 500 张正常。",
				"每月清洁传感器一次。", minutes=(70, 60),
			),
			Answered(40, False, 2, "昨天夜班又卡了四次，问题没有解决。", "Phone"),
		),
	),
	Story(
		"ups-battery-answered", "hospital", "UPS6K-240117", "UPS 1 号电池自检不通过", "面板提示电池需更换，蜂鸣每 10 分钟一次。",
		2, "09:30", channel="QR Code", impact="High",
		steps=(
			Do("assign", 0.5, engineer="zhang.wei"),
			Went(
				"zhang.wei", 3, "Solved", "电池组内阻偏高，容量剩余 38%。", "更换 48 V 电池组一组，放电测试 22 分钟合格。",
				"建议每半年做一次放电测试。", parts=(("BAT-PACK-48", 1, True),),
			),
		),
	),
	Story(
		"cnc-training", "factory", "CNC840-3308", "Training for two new operators",
		"Half a day on alarms, restart and backup of programs, please.", 7, "10:00", channel="Portal",
		request_type="Training", impact="Low",
		steps=(
			Do("assign", 4, engineer="tom.becker"),
			Went(
				"tom.becker", 48, "Solved", "Two operators, no experience with this controller.",
				"Four hours of training at the machine: alarms, safe restart, backup and restore. Handout left.",
				minutes=(55, 240),
			),
		),
	),
)  # fmt: skip
