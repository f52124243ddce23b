"""The demo's cases that are over: closed after a survey, disputed and done again, cancelled. Frappe-free."""

from support_service.demo.case_data import Answered, Do, Story, Went

PAST = (
	Story(
		"ups-board", "hospital", "UPS6K-240118", "UPS 2 号逆变故障，已转旁路", "凌晨 3 点告警 E17，目前市电直供，影像科停机风险高。",
		20, "07:40", impact="High", urgency="High",
		steps=(
			Do("assign", 0.2, engineer="zhang.wei"),
			Do("acknowledge", 0.3),
			Went(
				"zhang.wei", 0.5, "Solved", "功率板 IGBT 击穿，风扇积灰导致过热。",
				"更换功率板和风扇，导热硅脂重新涂抹，带载测试 30 分钟正常。", "机房加装滤网，每季度除尘。",
				parts=(("PWR-BOARD-6K", 1, True), ("FAN-120", 1, True), ("GREASE-TC", 15, False)), minutes=(30, 95),
			),
			Do("deliver_report", 6),
			Answered(9, True, 5, "响应很快，两小时内恢复，非常满意。"),
		),
	),
	Story(
		"switch-sfp", "integrator", "SWC48-11083", "端口 12 频繁闪断", "B 机第 12 口每小时闪断数次，更换光纤无效。", 16, "15:25",
		request_type="Repair",
		steps=(
			Do("assign", 2, engineer="liu.qiang"),
			Went(
				"liu.qiang", 18, "Solved", "光模块收光功率 -19 dBm，超出下限。", "更换 SFP+ 模块一只，观察 1 小时无闪断。",
				parts=(("SFP-10G-LR", 1, True),),
			),
			Do("deliver_report", 43),
			Answered(44, True, 4, "问题解决，希望报告更详细一些。", "Link"),
		),
	),
	Story(
		"cnc-fan-twice", "factory", "CNC840-3307", "Controller overheats and shuts down",
		"Over-temperature alarm twice a day, always after about three hours of work.", 13, "08:20", channel="Portal",
		impact="High",
		steps=(
			Do("assign", 1, engineer="zhang.wei"),
			Went(
				"zhang.wei", 3, "Solved", "Filter mat blocked with oil mist.", "Filter mat cleaned, cabinet at 34 °C after two hours.",
				minutes=(60, 130),
			),
			Answered(28, False, 2, "It shut down again on the night shift. The filter cannot be the whole story."),
			Went(
				"zhang.wei", 31, "Solved", "Cabinet fan turns at half speed when hot: bearing worn.",
				"Fan replaced, six hours under full load without alarm.", "Filter mat every month, fan every two years.",
				parts=(("FAN-120", 1, True),), minutes=(60, 390),
			),
			Do("deliver_report", 50),
			Answered(56, True, 5, "Thank you for coming back so quickly. Runs since two days."),
		),
	),
	Story(
		"crac-seal", "datacentre", "CRAC20-0904", "Water under the unit in Hall C", "About half a litre per day below the humidifier.",
		24, "11:00", channel="E-mail", request_type="Repair",
		steps=(
			Do("assign", 3, engineer="tom.becker"),
			Went(
				"tom.becker", 22, "Solved", "Seal of the humidifier cylinder brittle.", "Seal kit fitted, tray dry after four hours.",
				parts=(("SEAL-KIT-20", 1, True),), minutes=(35, 250),
			),
			Do("deliver_report", 69),
			Answered(70, True, 5, "Dry ever since."),
		),
	),
	Story(
		"printer-head", "logistics", "PRN4-55121", "打印出现白线", "标签上有一条固定白线，客户拒收两单。", 27, "13:10", urgency="High",
		steps=(
			Do("assign", 0.5, engineer="zhang.wei"),
			Went(
				"zhang.wei", 4, "Solved", "打印头第 212 点损坏。", "更换打印头并校准浓度。", "避免用硬物清洁打印头。",
				parts=(("PRINT-HEAD-4", 1, True),), minutes=(75, 45), removed=True,
			),
			Do("deliver_report", 26),
			Answered(27, True, 4),
		),
	),
	Story(
		"config-backup", "integrator", "SWC48-11082", "请协助核对核心交换机 ACL 变更", "下周业务割接，需要评审变更脚本。",
		11, "09:45", channel="Chat", request_type="Change Request", impact="Low",
		steps=(
			Do("assign", 1, engineer="liu.qiang"),
			Went(
				"liu.qiang", 5, "Solved", "脚本第 14 行会覆盖管理网段规则。", "远程评审并修改脚本，客户在窗口内执行成功。",
				remote=True, minutes=(2, 75),
			),
			Answered(30, True, 5, "专业、细致。", "Link"),
			Do("deliver_report", 200),
		),
	),
	Story(
		"ups-quiet", "hotel", "UPS6K-240131", "UPS 显示屏不亮", "显示屏黑屏，设备仍在供电。", 31, "10:20", impact="Low",
		steps=(
			Do("assign", 5, engineer="chen.jing"),
			Do("start", 26),
			Do(
				"resolve", 28,
				values={
					"cause": "显示屏进入节能模式后按键失灵。",
					"solution": "电话指导客户长按确认键 5 秒，显示恢复。",
					"resolution": "显示屏已恢复，设备一直正常供电。",
				},
			),
			Do("close_unanswered", 30 * 24, reason="两次电话无人接听，设备运行正常，按规定关闭。"),
		),
	),
	Story(
		"wrong-number", "logistics", "UPS6K-240125", "UPS 市电中断告警", "弱电间市电中断告警。", 9, "17:50", channel="Monitoring",
		urgency="High",
		steps=(Do("cancel", 0.7, reason="供电局计划停电，已提前通知客户，设备动作正常，不需处理。", by="liu.ting"),),
	),
	Story(
		"withdrawn", "factory", "CNC840-3307", "Question about program transfer over the network",
		"Transfer of large programs stops at 4 MB.", 8, "14:15", channel="Portal", request_type="Inquiry",
		impact="Low", urgency="Low",
		steps=(Do("withdraw", 1.5, by="customer"),),
	),
)  # fmt: skip
