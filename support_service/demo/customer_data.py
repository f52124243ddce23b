"""The demo company's customers. Frappe-free."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Buyer:
	"""A customer with one site and one contact. portal: the contact may log in. language: of customer and contact."""

	key: str
	name: str
	language: str
	group: str
	city: str
	street: str
	contact: str
	phone: str
	email: str
	portal: bool = False


BUYERS = (
	Buyer(
		"hospital", "江城第一人民医院", "zh", "Non Profit", "武汉", "中山大道 1208 号 住院部 B 座",
		"李娜", "+86 27 8500 0101", "li.na@hospital.example", portal=True,
	),
	Buyer(
		"integrator", "华讯通信集成有限公司", "zh", "Commercial", "武汉", "光谷三路 77 号 数据中心",
		"周涛", "+86 27 8700 0202", "zhou.tao@huaxun.example",
	),
	Buyer(
		"logistics", "长江国际物流中心", "zh", "Commercial", "鄂州", "临空大道 9 号 3 号分拣中心",
		"吴刚", "+86 711 385 0303", "wu.gang@cjlogistics.example",
	),
	Buyer(
		"hotel", "云水大酒店", "zh", "Commercial", "宜昌", "沿江大道 166 号",
		"郑洁", "+86 717 622 0404", "zheng.jie@yunshui.example",
	),
	Buyer(
		"factory", "Harbour Precision Ltd", "en", "Commercial", "Ningbo", "18 Beilun Harbour Road, Hall 4",
		"Emma Clarke", "+86 574 2790 0505", "emma.clarke@harbourprecision.example", portal=True,
	),
	Buyer(
		"datacentre", "Meridian Data Centres", "en", "Commercial", "Shanghai", "600 Zhangjiang Road, Building C",
		"Raj Patel", "+86 21 5080 0606", "raj.patel@meridian.example",
	),
)  # fmt: skip

BY_KEY = {buyer.key: buyer for buyer in BUYERS}
