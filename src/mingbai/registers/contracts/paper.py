"""What a contract on paper says 合同的写法: the labels and sentences of lease and contracting forms, as data. No Django."""

from __future__ import annotations

from mingbai.paper.wording import Sentence, Wording

ONE, OTHER = ("甲方", "发包方", "出租方", "发包人", "出租人", "转让方"), ("乙方", "承包方", "承租方", "承包人", "承租人", "受让方")

WORDING = Wording(
    labels={
        "contract_no": ("编号", "合同编号", "合同书编号"),
        "lessor": ONE, "lessee": OTHER,
        "lessee_id_no": ("身份证号", "身份证号码", "公民身份号码", "统一社会信用代码"),
        "phone": ("联系电话", "电话"),
        "signed_on": ("签订日期", "签订时间", "签约日期", "签约时间"),
        "agreed_use": ("流转用途", "承包用途", "租赁用途", "房屋用途"),
        "total_fen": ("承包费总额", "租金总额", "合同总价", "总价款", "总承包费", "总租金"),
    },
    sentences=(
        Sentence(r"\A(?:(?:合同)?编号:[0-9A-Za-z\-]+)?(?P<title>[一-鿿()]{2,24}?(?:合同书|合同|协议书|协议))(?=合同编号|编号|甲方|发包|出租|转让|流出)"),
        # 一、甲方将位于村东大沟的耕地35.6亩承包给乙方
        Sentence(r"将(?:其|本村|集体所有的)?(?:位于|坐落于|座落于|坐落在|座落在)(?P<location>[^,。;:]{2,30}?)的(?P<land_class>[^,。;:的]{2,6}?)?(?:共|共计|计)?(?P<area_mu4>{area})"),
        Sentence(r"(?:位于|坐落于|座落于|坐落在|座落在)(?P<location>[^,。;:]{2,30}?)(?:的|[,。;])"),
        Sentence(r"(?:面积|共计|合计|共|计)(?:约?为)?[:]?(?P<area_mu4>{area})"),
        Sentence(r"(?P<area_mu4>{area})[^。]{0,12}?(?:承包|出租|租赁|流转|发包)给"),
        Sentence(r"四至(?:界限|范围)?(?:为)?[:,]?(?P<bounds>东[至邻到][^。;]{4,60})"),
        Sentence(r"(?:土地|约定)?用途(?:为|是|[:])(?P<agreed_use>[^,。;:]{2,20})"),
        Sentence(r"(?:只能)?用于(?P<agreed_use>[^,。;:]{2,20}?)(?:[,。;]|使用)"),
        # 二、承包期限15年，自2015年3月1日起至2030年2月28日止
        Sentence(r"[自从](?P<starts_on>{date})起?(?:至|到)(?P<ends_on>{date})"),
        Sentence(r"期(?:限)?[自从]{date}起?[至到]{date}止?,?(?:共|共计|计|即)(?P<term_months>[0-9一二三四五六七八九十]{1,4}年)"),
        Sentence(r"期(?:限)?(?:为|共|共计|[:])?(?P<term_months>[0-9一二三四五六七八九十]{1,4}(?:\([^)]{1,4}\))?年)"),
        # 三、每亩每年承包费300元，年承包费10680元，合计160200元（大写：壹拾陆万零贰佰元整）
        Sentence(r"每亩每?年(?:承包费|租金|承包金|租赁费)?(?:为|按)?(?:人民币)?(?:¥)?(?P<rent_fen_per_mu_year>{money})"),
        Sentence(r"(?:承包费|租金|承包金)(?:为|按)?每亩每年(?:人民币)?(?P<rent_fen_per_mu_year>{money})"),
        Sentence(r"(?<!亩)(?<!亩每)年(?:承包费|租金|承包金|租赁费)(?:共计|合计|为|共)?(?:人民币)?(?:¥)?(?P<rent_fen_per_year>{money})"),
        Sentence(r"(?:合计|共计|总计|总额|总价款?|总承包费|总租金)(?:为|共)?[:]?(?:人民币)?(?:\(小写\))?[:]?(?:¥)?(?P<total_fen>{money})"),
        # 每年1月10日前一次性缴纳 is 按年, whatever is paid at one time that day
        Sentence(r"(?P<payment_mode>每年)[^。;,元]{0,12}?(?:前|内|底|初)(?:一次性?)?(?:缴纳|缴清|交清|付清|支付|交纳)"),
        Sentence(r"(?<!前)(?P<payment_mode>一次性?(?:付清|缴清|交清|支付|缴纳)|一年一[付交缴清]|按[年季月](?:缴纳|支付|交纳)?|半年一付|分期(?:付款|缴纳|支付))"),
        Sentence(r"每年递增(?P<escalation>[0-9.]+%)"),
        # 经2015年2月10日村民代表会议讨论通过，应到35人，实到30人，同意28人
        Sentence(r"经(?:过)?(?:本村)?(?P<meeting_on>{date})(?:召开)?(?:的)?(?P<decision_body>[^,。;:0-9]{2,10}?(?:会议|大会|两委会))"),
        Sentence(r"(?P<decision_body>村民代表会议|村民代表大会|村民会议|村民大会|成员代表大会|成员大会|村民小组会议|两委会议?|理事会)(?:研究|讨论|表决|审议|决议)"),
        Sentence(r"应到(?:会)?(?:代表|人数)?(?:为)?(?P<entitled>[0-9]{1,4})人"),
        Sentence(r"实到(?:会)?(?:代表|人数)?(?:为)?(?P<present>[0-9]{1,4})人"),
        Sentence(r"(?:同意|赞成)(?:票|人数)?(?:为)?(?P<votes_for>[0-9]{1,4})[人票]"),
        Sentence(r"(?:保证金|押金)(?:为)?(?:人民币)?(?P<deposit_fen>{money})"),
    ),
    asked=("contract_no", "lessor", "lessee", "lessee_id_no", "land_class", "location", "area_mu4", "agreed_use", "signed_on", "starts_on", "ends_on",
           "term_months", "rent_fen_per_mu_year", "rent_fen_per_year", "total_fen", "payment_mode", "decision_body", "meeting_on", "entitled", "present",
           "votes_for", "signatures_complete"),
    total="total_fen",
    terms=("term_months", "starts_on", "ends_on"),
    rents=("rent_fen_per_mu_year", "area_mu4", "rent_fen_per_year"),
    signed=("signatures_complete", ONE, OTHER),
    signed_on="signed_on",
)
