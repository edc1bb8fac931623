"""
Word lists for edits that change what a sentence says, in both languages.

Persian words are in the folded spelling (`verify.language.fold`), English ones in lower case.
"""

from __future__ import annotations


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return the pairs of a list such as «rise/fall, accept/reject»."""
    found = [tuple(entry.strip().split("/")) for entry in text.replace("\n", " ").split(",")]
    return [(left.strip(), right.strip()) for left, right in found]


def _words(text: str) -> list[str]:
    return text.split()


# Verbs and their nouns: put for one another they deny what was said.
OPPOSED_EN = _pairs("""
    increase/decrease, increases/decreases, increased/decreased, increasing/decreasing,
    rise/fall, rises/falls, rose/fell, rising/falling, grew/shrank, growth/decline,
    accept/reject, accepts/rejects, accepted/rejected, allow/ban, allows/bans, allowed/banned,
    permit/forbid, permitted/forbidden, permits/forbids, confirm/deny, confirms/denies,
    confirmed/denied, support/oppose, supports/opposes, supported/opposed, win/lose, won/lost,
    wins/loses, victory/defeat, succeed/fail, succeeded/failed, succeeds/fails, success/failure,
    begin/end, began/ended, begins/ends, started/stopped, start/stop, starts/stops,
    opened/closed, opens/closes, enter/leave, entered/left, arrive/depart, arrived/departed,
    improve/worsen, improved/worsened, improves/worsens, strengthened/weakened, raise/lower,
    raised/lowered, raises/lowers, buy/sell, bought/sold, include/exclude, includes/excludes,
    included/excluded, including/excluding, approve/reject, approved/rejected, praised/criticised,
    attack/defend, attacked/defended, gain/loss, gained/lost, create/destroy, created/destroyed,
    built/demolished, appointed/dismissed, hired/fired, born/buried, survived/died, remember/forget,
    agree/disagree, agreed/disagreed, encourage/discourage, encouraged/discouraged, join/leave,
    joined/left, expand/contract, expanded/contracted, reduce/increase, reduced/increased,
    reduces/increases, prevent/cause, prevents/causes, prevented/caused, love/hate, loved/hated,
    likes/dislikes, borrowed/lent, import/export, imports/exports, imported/exported,
    accelerated/slowed, widened/narrowed, arrested/released, banned/permitted, before/after,
    above/below, more than/less than, older/younger, higher/lower, larger/smaller, better/worse,
    longer/shorter, highest/lowest, largest/smallest, oldest/youngest, earlier/later,
    majority/minority, maximum/minimum, northern/southern, eastern/western, inside/outside
""")
# Adjectives and the like: one may be false without the other being said.
UNLIKE_EN = _pairs("""
    first/last, old/new, early/late, large/small, big/small, high/low, long/short, good/bad,
    strong/weak, rich/poor, public/private, common/rare, male/female, positive/negative,
    northern/western, north/south, east/west, left/right, hot/cold, dry/wet, safe/dangerous,
    easy/difficult, always/never, often/rarely, many/few, similar/different, national/local,
    major/minor, military/civilian, famous/unknown, young/old, men/women, father/mother,
    son/daughter, brother/sister, husband/wife, king/queen, morning/evening, summer/winter,
    modern/ancient, internal/external, natural/artificial, direct/indirect, legal/illegal
""")
OPPOSED_FA = _pairs("""
    افزایش/کاهش, افزایش یافت/کاهش یافت, رشد/افت, صعود/سقوط, پذیرفت/رد کرد, پذیرفتند/رد کردند,
    تایید کرد/تکذیب کرد, تایید کردند/تکذیب کردند, تایید/رد, موافقت/مخالفت, موافق/مخالف,
    موافقان/مخالفان, حمایت/مخالفت, پیروزی/شکست, پیروز/بازنده, برد/باخت, موفقیت/ناکامی,
    موفق/ناکام, اغاز/پایان, آغاز/پایان, شروع/تمام, اولین/آخرین, نخستین/آخرین, باز/بسته,
    ورود/خروج, وارد/خارج, بهبود/وخامت, تقویت/تضعیف, خرید/فروش, خریدند/فروختند, خریداران/فروشندگان,
    صادرات/واردات, صادر/وارد, ساخت/ویرانی, ساخته/ویران, ایجاد/نابود, زنده/مرده, تولد/مرگ,
    متولد/کشته, ممنوع/مجاز, ممنوعیت/اجازه, مجاز/غیرمجاز, قانونی/غیرقانونی, رسمی/غیررسمی,
    بیشتر/کمتر, بیشترین/کمترین, بالاتر/پایینتر, بالاترین/پایینترین, بزرگتر/کوچکتر,
    بزرگترین/کوچکترین, بلندترین/کوتاهترین, قویتر/ضعیفتر, بهتر/بدتر, بهترین/بدترین,
    قبل از/بعد از, پیش از/پس از, پیش/پس, داخل/خارج, درون/بیرون, زیر/روی, بالا/پایین, اکثریت/اقلیت,
    حداکثر/حداقل, شمالی/جنوبی, شرقی/غربی, شمال/جنوب, شرق/غرب, مثبت/منفی, سود/زیان, دوست/دشمن,
    دوستی/دشمنی, جنگ/صلح, حمله/دفاع, آزاد/زندانی, بازداشت/آزاد, انتصاب/برکناری, استخدام/اخراج,
    ستایش/نکوهش, امید/نومیدی, آسان/دشوار, ساده/پیچیده, توانست/نتوانست, ممکن/ناممکن, کافی/ناکافی,
    ثابت/متغیر, مستقیم/غیرمستقیم, اجازه داد/منع کرد, بسیار کم/بسیار زیاد, گسترش/محدودیت,
    جوانتر/پیرتر, گرمتر/سردتر, سریعتر/کندتر, زودتر/دیرتر, پیشروی/عقبنشینی, محکوم/بیگناه
""")
UNLIKE_FA = _pairs("""
    بزرگ/کوچک, زیاد/کم, بسیار/اندک, جدید/قدیمی, نو/کهنه, جوان/پیر, بلند/کوتاه, قوی/ضعیف,
    ثروتمند/فقیر, خوب/بد, گرم/سرد, خشک/مرطوب, دور/نزدیک, سریع/کند, عمومی/خصوصی, دولتی/خصوصی,
    مرد/زن, مردان/زنان, پدر/مادر, پسر/دختر, برادر/خواهر, پادشاه/ملکه, صبح/شب, تابستان/زمستان,
    همیشه/هرگز, اغلب/بهندرت, مشهور/گمنام, خطرناک/ایمن, داخلی/خارجی, نظامی/غیرنظامی, باستانی/نوین,
    طبیعی/مصنوعی, اصلی/فرعی, شهری/روستایی, چپ/راست, مشابه/متفاوت, سنگین/سبک, شلوغ/خلوت, کل/بخشی از
""")

# What makes a sentence say more than its source, or another amount of it.
STRONGER_EN = _pairs("""
    some/all, many/all, most/all, several/all, may/will, might/will, could/will, can/must,
    often/always, usually/always, sometimes/always, rarely/never, few/most, nearly/more than,
    almost/more than, about/more than, around/less than, approximately/more than,
    at least/at most, up to/more than, more than/exactly, probably/certainly, likely/certain,
    possibly/certainly, suggests/proves, suggest/prove, suggested/proved, one of the/the only,
    partly/wholly, helped/forced, asked/ordered, planned/refused, plans/refuses, several/two
""")
STRONGER_FA = _pairs("""
    برخی/همه, بعضی/همه, برخی از/همه, بسیاری از/همه, بیشتر/همه, اکثر/همه, چندین/تمام,
    ممکن است/حتما, احتمالا/قطعا, شاید/قطعا, گاهی/همیشه, اغلب/همیشه, معمولا/همیشه, حدود/بیش از,
    تقریبا/بیش از, نزدیک به/بیش از, حداقل/حداکثر, دستکم/حداکثر, تا حدی/کاملا, یکی از/تنها,
    میتواند/باید, میتوانند/باید, میتوان/باید, عمدتا/فقط, درخواست/دستور, پیشنهاد/دستور
""")

MAGNITUDES_EN = _pairs("""
    million/billion, millions/billions, thousand/million, thousands/millions, hundred/thousand,
    hundreds/thousands, kilometers/meters, kilometres/metres, km/m, miles/yards, kg/tonnes,
    tons/kilograms, hours/days, days/weeks, weeks/months, months/years, years/decades,
    minutes/hours, seconds/minutes, dollars/euros, pounds/dollars, percent/per thousand
""")
MAGNITUDES_FA = _pairs("""
    میلیون/میلیارد, میلیارد/تریلیون, هزار/میلیون, صد/هزار, صدها/هزاران, کیلومتر/متر, مایل/متر,
    کیلوگرام/تن, کیلوگرم/تن, ساعت/روز, روز/هفته, هفته/ماه, ماه/سال, دقیقه/ساعت, ثانیه/دقیقه,
    دالر/یورو, دلار/یورو, پوند/دلار, درصد/در هزار, فیصد/در هزار, سال/دهه
""")

# Things of one kind, any of which can stand for another. English first, then Persian.
KINDS: dict[str, list[tuple[str, str]]] = {
    "month": _pairs("""
        January/ژانویه, February/فوریه, March/مارس, April/آوریل, June/ژوین, July/ژوییه,
        August/اوت, September/سپتامبر, October/اکتبر, November/نوامبر, December/دسامبر
    """),
    "weekday": _pairs("""
        Monday/دوشنبه, Tuesday/سه شنبه, Wednesday/چهارشنبه, Thursday/پنجشنبه, Friday/جمعه,
        Saturday/شنبه, Sunday/یکشنبه
    """),
    "country": _pairs("""
        Iran/ایران, Afghanistan/افغانستان, Pakistan/پاکستان, India/هند, China/چین, Japan/ژاپن,
        Russia/روسیه, Germany/آلمان, France/فرانسه, Italy/ایتالیا, Spain/اسپانیا, Turkey/ترکیه,
        Iraq/عراق, Syria/سوریه, Egypt/مصر, Canada/کانادا, Mexico/مکسیکو, Brazil/برزیل,
        Australia/استرالیا, Greece/یونان, Poland/لهستان, Ukraine/اوکراین, Sweden/سوید,
        Norway/ناروی, Finland/فنلاند, Denmark/دنمارک, Austria/اتریش, Hungary/هنگری,
        Portugal/پرتگال, Belgium/بلجیم, Ireland/آیرلند, Scotland/اسکاتلند, England/انگلستان,
        Britain/بریتانیا, Indonesia/اندونیزیا, Thailand/تایلند, Vietnam/ویتنام, Nigeria/نیجریه,
        Kenya/کنیا, Ethiopia/اتیوپیا, Argentina/ارجنتاین, Chile/چیلی, Colombia/کلمبیا,
        Israel/اسراییل, Lebanon/لبنان, Kuwait/کویت, Qatar/قطر, Tajikistan/تاجیکستان
    """),
    "demonym": _pairs("""
        Iranian/ایرانی, Afghan/افغان, Pakistani/پاکستانی, Indian/هندی, Chinese/چینی,
        Japanese/ژاپنی, Russian/روسی, German/آلمانی, French/فرانسوی, Italian/ایتالیایی,
        Spanish/اسپانیایی, Turkish/ترکی, Iraqi/عراقی, Egyptian/مصری, Canadian/کانادایی,
        Mexican/مکسیکویی, Brazilian/برزیلی, Australian/استرالیایی, Greek/یونانی, British/بریتانیایی,
        American/آمریکایی, Dutch/هالندی, Swedish/سویدنی, Arab/عرب, Jewish/یهودی, Irish/آیرلندی
    """),
    "place": _pairs("""
        Tehran/تهران, Kabul/کابل, London/لندن, Paris/پاریس, Berlin/برلین, Moscow/مسکو, Rome/روم,
        Tokyo/توکیو, Beijing/پکن, Delhi/دهلی, Cairo/قاهره, Baghdad/بغداد, Damascus/دمشق,
        Istanbul/استانبول, Washington/واشنگتن, Chicago/شیکاگو, Boston/بوستون, Vienna/وین,
        Geneva/ژنو, Athens/آتن, Dubai/دوبی, Herat/هرات, Mumbai/بمبیی, Wuhan/ووهان, Sydney/سیدنی,
        California/کالیفرنیا, Texas/تگزاس, Florida/فلوریدا, Europe/اروپا, Asia/آسیا, Africa/افریقا
    """),
    "colour": _pairs("""
        red/سرخ, blue/آبی, green/سبز, yellow/زرد, white/سفید, black/سیاه, brown/قهوهای
    """),
}
NUMBERS: list[tuple[str, str]] = _pairs("""
    two/دو, three/سه, four/چهار, five/پنج, six/شش, seven/هفت, eight/هشت, nine/نه, ten/ده,
    eleven/یازده, twelve/دوازده, twenty/بیست, thirty/سی, forty/چهل, fifty/پنجاه
""")
ORDINALS: list[tuple[str, str]] = _pairs("""
    second/دوم, third/سوم, fourth/چهارم, fifth/پنجم, sixth/ششم, seventh/هفتم, eighth/هشتم,
    ninth/نهم, tenth/دهم
""")

# Persian verb forms that take «ن» before them. The last of a sentence is its main verb.
VERBS_FA = _words(
    "شد شدند کرد کردند داد دادند داشت داشتند دارد دارند دارم داریم گرفت گرفتند یافت یافتند بود "
    "بودند بودم رفت رفتند گفت گفتند ساخت ساختند خواهد خواهند خواهم باشد باشند باید توانست توانستند "
    "کردم دیدم رسید رسیدند برد بردند نوشت نوشتند خورد خوردند ماند ماندند شود شوند کند کنند دهد "
    "دهند تواند توانند پرداختند کشتند دیدند خواستند دانست "
    "گذاشت گذاشتند گشت گشتند گردید گردیدند زدند داشتم داشتیم کردیم"
)
PARTICIPLES_FA = _words(
    "شده کرده داده گرفته یافته بوده رفته گفته ساخته داشته رسیده برده نوشته دیده گذاشته گردیده زده"
)
# «می» begins these too, and they are no verbs.
NO_VERBS_FA = _words(
    "میان میل میلاد میلادی میز میدان میدانها میراث میوه میهن میکروب میخ مین میزان میزبان میت میگو "
    "میترا میر میرزا میک میدیا میگرن میانه میسر میانگین میلیون میلیونها میلیارد میلیاردها میلیمتر"
)
