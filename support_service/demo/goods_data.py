"""What the demo company sells and keeps in stock. Frappe-free; money in the company's currency."""

from dataclasses import dataclass

DEVICES, PARTS = "Service Devices", "Spare Parts"


@dataclass(frozen=True, slots=True)
class Good:
	"""cost and price per unit. tracked: "serial", "batch" or "" (plain)."""

	code: str
	name: str
	group: str
	cost: float
	price: float
	tracked: str = ""
	uom: str = "Nos"
	description: str = ""


GOODS = (
	Good("UPS-6K", "Online UPS 6 kVA", DEVICES, 8600, 12800, "serial"),
	Good("SW-CORE-48", "Core Switch 48 × 10G", DEVICES, 21500, 33800, "serial"),
	Good("US-SCAN-E8", "Ultrasonic Scanner E8", DEVICES, 168000, 256000, "serial"),
	Good("CNC-CTRL-840", "CNC Controller 840", DEVICES, 46200, 69500, "serial"),
	Good("CRAC-20", "Precision Air Conditioner 20 kW", DEVICES, 39800, 58600, "serial"),
	Good("PRN-LABEL-4", "Industrial Label Printer", DEVICES, 5200, 8300, "serial"),
	Good("PWR-BOARD-6K", "Power Board for UPS 6 kVA", PARTS, 960, 1680, "serial"),
	Good("SFP-10G-LR", "SFP+ Module 10G LR", PARTS, 310, 620, "serial"),
	Good("BAT-PACK-48", "Battery Pack 48 V 9 Ah", PARTS, 540, 890, "batch"),
	Good("FAN-120", "Cooling Fan 120 mm", PARTS, 38, 85),
	Good("SEAL-KIT-20", "Seal Kit for CRAC-20", PARTS, 120, 260),
	Good("PROBE-CABLE-E8", "Probe Cable for US-SCAN-E8", PARTS, 1450, 2680),
	Good("PRINT-HEAD-4", "Print Head 300 dpi", PARTS, 720, 1250),
	Good(
		"GREASE-TC",
		"Thermal Grease",
		PARTS,
		0.6,
		1.2,
		uom="Gram",
		description="A consumable: used up, not fitted.",
	),
)

BATCH = "BAT-LOT-01"

# serial number of the device → (item, customer key, what the customer calls it, days since delivery)
INSTALLED = {
	"UPS6K-240117": ("UPS-6K", "hospital", "影像科机房 UPS 1 号", 210),
	"UPS6K-240118": ("UPS-6K", "hospital", "影像科机房 UPS 2 号", 210),
	"USE8-000731": ("US-SCAN-E8", "hospital", "超声科 3 号诊室 超声仪", 180),
	"SWC48-11082": ("SW-CORE-48", "integrator", "光谷机房 核心交换机 A", 160),
	"SWC48-11083": ("SW-CORE-48", "integrator", "光谷机房 核心交换机 B", 160),
	"UPS6K-240125": ("UPS-6K", "logistics", "分拣中心弱电间 UPS", 150),
	"PRN4-55120": ("PRN-LABEL-4", "logistics", "7 号线 标签打印机", 140),
	"PRN4-55121": ("PRN-LABEL-4", "logistics", "8 号线 标签打印机", 140),
	"UPS6K-240131": ("UPS-6K", "hotel", "前台弱电井 UPS", 120),
	"CNC840-3307": ("CNC-CTRL-840", "factory", "Milling centre 2, controller", 170),
	"CNC840-3308": ("CNC-CTRL-840", "factory", "Milling centre 5, controller", 170),
	"CRAC20-0904": ("CRAC-20", "datacentre", "Hall C, row 4 cooling", 130),
	"UPS6K-240140": ("UPS-6K", "datacentre", "Hall C, UPS for access control", 130),
}

# delivered, but neither installed nor accepted yet
WAITING = frozenset({"CRAC20-0904"})

# received beside the delivered devices, into the central store
SPARE_DEVICES = {"UPS-6K": ("UPS6K-240150", "UPS6K-240151"), "PRN-LABEL-4": ("PRN4-55140",)}
STORE_SERIALS = {
	"PWR-BOARD-6K": tuple(f"PB6K-{number}" for number in range(2201, 2221)),
	"SFP-10G-LR": tuple(f"SFP10-{number}" for number in range(7001, 7013)),
}
STORE_QUANTITIES = {
	"BAT-PACK-48": 40,
	"FAN-120": 60,
	"SEAL-KIT-20": 12,
	"PROBE-CABLE-E8": 6,
	"PRINT-HEAD-4": 10,
	"GREASE-TC": 2000,
}

# login of the engineer → what their van carries
VAN_STOCK: dict[str, dict[str, float]] = {
	"zhang.wei": {"PWR-BOARD-6K": 4, "BAT-PACK-48": 8, "FAN-120": 10, "GREASE-TC": 200, "PRINT-HEAD-4": 2},
	"chen.jing": {"PWR-BOARD-6K": 3, "BAT-PACK-48": 6, "FAN-120": 6, "PROBE-CABLE-E8": 2, "GREASE-TC": 150},
	"liu.qiang": {"SFP-10G-LR": 4, "FAN-120": 4, "SEAL-KIT-20": 3, "GREASE-TC": 100},
	"tom.becker": {"SFP-10G-LR": 3, "PRINT-HEAD-4": 3, "FAN-120": 4, "SEAL-KIT-20": 2},
}
