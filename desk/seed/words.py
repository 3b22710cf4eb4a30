"""The words of which sample companies and people are made. All are invented."""

import re
import unicodedata
from typing import NamedTuple


class Place(NamedTuple):
    """Where a reseller sits."""

    company: str
    domain: str
    currency: str
    time_zone: str


ACME = Place("Acme", "acme", "EUR", "Europe/Berlin")
GLOBEX = Place("Globex", "globex", "USD", "America/New_York")
NEIGHBOURS = (
    Place("Lumière Numérique SARL", "lumiere-numerique", "EUR", "Europe/Paris"),
    Place("O’Malley & Daughters, Ltd", "omalley", "GBP", "Europe/London"),
    Place("Żółty Kot Sp. z o.o.", "zolty-kot", "PLN", "Europe/Warsaw"),
    Place("Hoku Systems, LLC", "hoku", "USD", "Pacific/Honolulu"),
    Place("さくら情報サービス", "sakura-joho", "USD", "Asia/Tokyo"),
    Place("Kererū Cloud Ltd", "kereru", "AUD", "Pacific/Auckland"),
    Place("Matterblick IT AG", "matterblick", "CHF", "Europe/Zurich"),
    Place('Northern "Lights" Software Inc.', "northern-lights", "CAD", "America/St_Johns"),
    Place("Deccan Softworks Pvt Ltd", "deccan", "USD", "Asia/Kolkata"),
    Place("Soluções Ipê Ltda", "ipe", "USD", "America/Sao_Paulo"),
    Place("Harbourline Pty Ltd", "harbourline", "AUD", "Australia/Sydney"),
    Place("Motu Tabu Trading", "motu-tabu", "AUD", "Pacific/Kiritimati"),
    Place("Pago Networks", "pago", "USD", "Pacific/Pago_Pago"),
    Place("Himal Data Pvt Ltd", "himal", "USD", "Asia/Kathmandu"),
    Place("Δίκτυα Αιγαίου ΑΕ", "aigaio", "EUR", "Europe/Athens"),
    Place("Pinecone & Partners", "pinecone", "USD", "America/Los_Angeles"),
)
STREETS = ("Harbour Street", "Mill Lane", "Station Road", "Garden Row", "Market Square", "Quay")
MORE_NAMES = ("Quarry", "River", "Silverleaf", "Tidewater", "Umbra", "Vesper", "Willow", "Zephyr")
MORE_KINDS = ("Systems", "Software", "Networks", "Cloud", "Data", "Security", "Licensing")

FIRST_NAMES = (
    "Anna", "Björn", "Chloé", "Dmitri", "Émile", "Fatima", "Grace", "Hiroshi", "Inés", "Jürgen",
    "Katarzyna", "Łukasz", "Mei", "Nuria", "Ólafur", "Priya", "Quentin", "Renée", "Søren", "Tomáš",
    "Ursula", "Viktória", "Wanjiru", "Ximena", "Yuki", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Almeida", "Bäcker", "Castaño", "D’Angelo", "Eriksen", "Fjærvik", "Groß", "Hughes", "Ito",
    "Jansen", "Kowalczyk", "Le Guin", "Müller-Lüdenscheidt", "Nowak", "O’Brien", "Petrović",
    "Quist", "Rossi", "Šimková", "Tremblay", "Ueda", "van der Berg", "Weiß", "Yılmaz", "Zhang",
)  # fmt: skip


class Country(NamedTuple):
    """How companies and people of a country are called; `%s` in a form is a company's own word.

    Without people of its own, anyone may be the contact.
    """

    code: str
    forms: tuple[str, ...]
    words: tuple[str, ...]
    people: tuple[str, ...] = ()


COUNTRIES = (
    Country("DE", ("%s GmbH", "%s & Söhne KG", "Praxis %s", "Steuerbüro %s, Huber & Partner"),
            ("Ahrens", "Bäumler", "Grünwald", "Höfer", "Köster", "Nordmeyer", "Schäfer", "Vogt")),
    Country("AT", ("%s GesmbH", "Gasthof “%s”"), ("Edelweiß", "Kaiserblick", "Mühlbach")),
    Country("FR", ("%s SARL", "L’Atelier %s", "Pharmacie %s, Lyon"),
            ("Beaulieu", "Château", "Étoile", "Fougère", "Noël"),
            ("Chloé Lefèvre", "Émile Garçon", "Renée D’Arcy")),
    Country("GB", ("%s Ltd", "%s, %s & Co.", "The %s Trust", "%s’s Bakery"),
            ("Ashdown", "Birch", "Cavendish", "Fairweather", "Hartley", "Whitlock")),
    Country("US", ("%s, Inc.", "%s LLC", '"%s" Dental Group', "%s County Schools"),
            ("Bluebird", "Cedar", "Dakota", "Granite", "Juniper", "Magnolia", "Ridgeway")),
    Country("CA", ("%s Inc.", "Coopérative %s"), ("Érable", "Kootenay", "Saint-Élie")),
    Country("ES", ("%s, S.L.", "Clínica %s"), ("Peñarrubia", "Olivar", "Núñez"),
            ("Inés Castaño", "Íñigo Peña", "Nuria Ibáñez")),
    Country("PL", ("%s Sp. z o.o.", "Kancelaria %s"), ("Wiśniewski", "Źródło", "Jaskółka"),
            ("Łukasz Wójcik", "Małgorzata Żak", "Katarzyna Nowak")),
    Country("CH", ("%s AG", "%s Sàrl"), ("Zürihorn", "Lémanique", "Säntis")),
    Country("BR", ("%s Ltda", "Escola %s"), ("São Bento", "Araucária", "Ipanema"),
            ("João Conceição", "Antônia Leão")),
    Country("JP", ("株式会社%s", "%s商店"), ("青空", "富士見", "桜井", "みどり"),
            ("山田 太郎", "佐藤 花子", "鈴木 一郎")),
    Country("GR", ("%s ΑΕ", "Φαρμακείο %s"), ("Θάλασσα", "Ήλιος", "Όλυμπος"),
            ("Νίκος Παπάς", "Ελένη Γεωργίου")),
    Country("KR", ("주식회사 %s", "%s 소프트"), ("한빛", "새벽", "푸른숲"), ("김민준", "이서연")),
    Country("AE", ("شركة %s", "مؤسسة %s"), ("النور", "الواحة", "الصقر"),
            ("سارة منصور", "عمر خليل")),
    Country("IN", ("%s Pvt Ltd", "%s & Sons"), ("Sahyadri", "Monsoon", "Lotus"),
            ("Priya Raghavan", "Arjun Mehta")),
    Country("AU", ("%s Pty Ltd", "%s Surf Club"), ("Billabong Creek", "Wattle", "Coral")),
)  # fmt: skip

DISTRIBUTORS = (
    "Nordlicht Distribution GmbH", "Brücke & Partner", "Delta, Echo & Foxtrot", "Kanal 7",
    "Comptoir d’Île-de-France", "“Vier Ecken” Großhandel", "Tradewind Supply", "流通センター東",
)  # fmt: skip

REFERENCES = (
    "PO-{year}-{n:05}", "Projekt “Blau” {n}", "Angebot {n}/B, Zeile 3", "Réf. n° {n}",
    "{n}", "Ticket #{n}", "+49 30 901820-{n}", "O’Brien's renewal {n}", "発注書 {n}",
)  # fmt: skip

_FOLDED = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "ı": "i", "đ": "d", "æ": "ae"})


def in_ascii(text: str, *, between: str) -> str:
    """Return the Latin letters and digits of a text as an address holds them; may be empty."""
    folded = unicodedata.normalize("NFKD", text.lower().translate(_FOLDED).replace("’", ""))
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", between, letters).strip(between)
