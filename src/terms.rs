//! The words that the program itself puts into a book, in the book's language: `Figure`, `Warning`, `see also`.
//!
//! One table for both editions. A language that is not in it gets the English words. It knows nothing of documents or
//! pages. Start at [`term`] and [`numbered`]; a language is added by a row of `TABLE`.

/// A word or title that the program puts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// An image with a number.
    Figure,
    /// A table with a number.
    Table,
    /// A block of code with a number.
    Listing,
    /// A formula with a number.
    Equation,
    /// A section of a chapter.
    Section,
    /// A chapter.
    Chapter,
    /// A part of a book.
    Part,
    /// A chapter after the body.
    Appendix,
    /// A page.
    Page,
    /// Over something to know.
    Note,
    /// Over advice.
    Tip,
    /// Over something that must be known.
    Important,
    /// Over a risk.
    Warning,
    /// Over a harm.
    Caution,
    /// Over the list of works that are cited.
    Bibliography,
    /// Over the index.
    Index,
    /// Over the glossary.
    Glossary,
    /// Over the notes of a chapter or book.
    Notes,
    /// Over the contents.
    Contents,
    /// In an index: instead of here, look there.
    See,
    /// In an index: look there too.
    SeeAlso,
    /// Over the list of figures.
    ListOfFigures,
    /// Over the list of tables.
    ListOfTables,
    /// Over the list of listings.
    ListOfListings,
    /// The page that says who has which rights.
    CopyrightPage,
    /// What the book may be used for.
    License,
    /// A release.
    Version,
    /// What a translator did.
    Translation,
    /// What an editor did.
    Editing,
    /// What an illustrator did.
    Illustrations,
    /// What a photographer did.
    Photographs,
    /// What the writer of a foreword or an introduction did.
    Foreword,
    /// What a designer did.
    Design,
    /// What the designer of a cover did.
    Cover,
    /// Those who did something else.
    Contributors,
    /// Where something is: on the page that speaks of it.
    OnThisPage,
    /// On the page that faces it.
    OnOppositePage,
    /// On the page after it.
    OnNextPage,
    /// On the page before it.
    OnPreviousPage,
    /// On the other side of the leaf, which is turned to see it.
    Overleaf,
    /// On the page with a number.
    OnPage,
    /// Behind what goes on here from another column or page.
    Continued,
    /// Over words that say what a figure or a table shows.
    Description,
    /// The page that shows a book from outside.
    CoverPage,
    /// The page with the title.
    TitlePage,
    /// Over a list of pages.
    Pages,
}

/// The word for `term` in `language`, a BCP 47 tag.
#[must_use]
pub fn term(term: Term, language: &str) -> &'static str {
    let word = pattern(term, language);
    match word.split_once('#') {
        Some((before, "")) => before,
        Some((_, after)) => after.trim_start_matches(['.', ' ']),
        None => word,
    }
}

/// The word for `term` and its number, as `language` puts them together: `Figure 3.2` (with a no-break space), `3.2. ábra`.
#[must_use]
pub fn numbered(term: Term, number: &str, language: &str) -> String {
    let word = pattern(term, language);
    let text = if word.contains('#') { word.replacen('#', number, 1) } else { format!("{word} {number}") };
    text.replace(' ', "\u{a0}")
}

/// Where something is that is on the page with this number: `on page 42`.
#[must_use]
pub fn on_page(number: &str, language: &str) -> String {
    let words = pattern(Term::OnPage, language);
    words.replace(" #", "\u{a0}#").replace("# ", "#\u{a0}").replacen('#', number, 1)
}

/// The word for `term` before what it is said of: `Version: 2`, with the colon of `language`.
#[must_use]
pub fn labelled(what: Term, value: &str, language: &str) -> String {
    let colon = match primary(language).as_str() {
        "fr" => "\u{a0}: ",
        "zh" | "zh-hant" | "ja" => "：",
        _ => ": ",
    };
    format!("{}{colon}{value}", term(what, language))
}

/// The number in what [`numbered`] made of it, or in the author's own words for the same: what stands last.
#[must_use]
pub fn number_in<'a>(what: Term, text: &'a str, language: &str) -> &'a str {
    let empty = numbered(what, "", language);
    let (before, after) = match pattern(what, language).split_once('#') {
        Some((before, after)) => (before, after),
        None => (empty.as_str(), ""),
    };
    let spaced = |part: &str| part.replace(' ', "\u{a0}");
    let inner = text.strip_prefix(spaced(before).as_str()).and_then(|rest| rest.strip_suffix(spaced(after).as_str()));
    inner.unwrap_or_else(|| text.rsplit(char::is_whitespace).next().unwrap_or(text))
}

/// The quotation marks of `language`: opening and closing, with the spaces inside that it wants.
#[must_use]
pub fn quotation_marks(language: &str) -> (&'static str, &'static str) {
    match primary(language).as_str() {
        "de" | "cs" => ("„", "“"),
        "pl" | "hu" => ("„", "”"),
        "fr" => ("«\u{a0}", "\u{a0}»"),
        "es" | "it" | "ru" | "uk" | "el" | "ar" | "fa" => ("«", "»"),
        "sv" | "fi" | "he" => ("”", "”"),
        "da" => ("»", "«"),
        "ja" | "zh-hant" => ("「", "」"),
        _ => ("“", "”"),
    }
}

/// The comma of `language`, without the space behind it.
#[must_use]
pub fn comma(language: &str) -> &'static str {
    match primary(language).as_str() {
        "ar" | "ckb" | "fa" | "ps" | "sd" | "ug" | "ur" => "،",
        _ => ",",
    }
}

/// All words that the program may put into a book in `language`, as the table has them.
pub fn words(language: &str) -> impl Iterator<Item = &'static str> {
    row(language).iter().copied()
}

/// The word as the table has it: `#` stands for the number where it does not simply follow.
fn pattern(term: Term, language: &str) -> &'static str {
    row(language)[term as usize]
}

/// A language's row of the table.
fn row(language: &str) -> &'static [&'static str; COUNT] {
    let language = primary(language);
    &TABLE.iter().find(|(name, _)| *name == language).unwrap_or(&TABLE[0]).1
}

/// The key of a language in the table: its first subtag, in lower case; for Chinese, the script too.
fn primary(language: &str) -> String {
    let language = language.to_ascii_lowercase();
    let mut subtags = language.split(['-', '_']);
    let first = subtags.next().unwrap_or_default();
    if first == "zh" && subtags.any(|subtag| matches!(subtag, "hant" | "tw" | "hk" | "mo")) {
        return "zh-hant".to_owned();
    }
    first.to_owned()
}

/// How many terms there are.
const COUNT: usize = Term::Pages as usize + 1;

/// For each language the words, in the order of [`Term`].
#[rustfmt::skip]
static TABLE: [(&str, [&str; COUNT]); 25] = [
    ("en", [
        "Figure", "Table", "Listing", "Equation", "Section", "Chapter", "Part", "Appendix", "page",
        "Note", "Tip", "Important", "Warning", "Caution",
        "Bibliography", "Index", "Glossary", "Notes", "Contents", "see", "see also",
        "Figures", "Tables", "Listings", "Copyright", "License", "Version",
        "Translation", "Editing", "Illustrations", "Photographs", "Foreword", "Design", "Cover", "Contributors",
        "on this page", "on the opposite page", "on the next page", "on the previous page", "overleaf",
        "on page #", "continued", "Description",
        "Cover", "Title page", "Pages",
    ]),
    ("de", [
        "Abbildung", "Tabelle", "Listing", "Gleichung", "Abschnitt", "Kapitel", "Teil", "Anhang", "Seite",
        "Hinweis", "Tipp", "Wichtig", "Warnung", "Vorsicht",
        "Literaturverzeichnis", "Register", "Glossar", "Anmerkungen", "Inhalt", "siehe", "siehe auch",
        "Abbildungsverzeichnis", "Tabellenverzeichnis", "Verzeichnis der Listings", "Impressum", "Lizenz", "Version",
        "Übersetzung", "Herausgabe", "Illustrationen", "Fotografien", "Geleitwort", "Gestaltung", "Umschlag", "Mitwirkung",
        "auf dieser Seite", "auf der gegenüberliegenden Seite", "auf der nächsten Seite", "auf der vorigen Seite", "umseitig",
        "auf Seite #", "Fortsetzung", "Beschreibung",
        "Umschlag", "Titelseite", "Seiten",
    ]),
    ("fr", [
        "Figure", "Tableau", "Listing", "Équation", "Section", "Chapitre", "Partie", "Annexe", "page",
        "Note", "Conseil", "Important", "Avertissement", "Attention",
        "Bibliographie", "Index", "Glossaire", "Notes", "Table des matières", "voir", "voir aussi",
        "Table des figures", "Liste des tableaux", "Liste des listings", "Mentions légales", "Licence", "Version",
        "Traduction", "Édition", "Illustrations", "Photographies", "Avant-propos", "Maquette", "Couverture", "Contributions",
        "sur cette page", "sur la page ci-contre", "à la page suivante", "à la page précédente", "au verso",
        "à la page #", "suite", "Description",
        "Couverture", "Page de titre", "Pages",
    ]),
    ("es", [
        "Figura", "Tabla", "Listado", "Ecuación", "Sección", "Capítulo", "Parte", "Apéndice", "página",
        "Nota", "Consejo", "Importante", "Advertencia", "Precaución",
        "Bibliografía", "Índice alfabético", "Glosario", "Notas", "Índice", "véase", "véase también",
        "Índice de figuras", "Índice de tablas", "Índice de listados", "Página de créditos", "Licencia", "Versión",
        "Traducción", "Edición", "Ilustraciones", "Fotografías", "Prólogo", "Diseño", "Cubierta", "Colaboración",
        "en esta página", "en la página opuesta", "en la página siguiente", "en la página anterior", "a la vuelta",
        "en la página #", "continuación", "Descripción",
        "Cubierta", "Portada", "Páginas",
    ]),
    ("it", [
        "Figura", "Tabella", "Listato", "Equazione", "Sezione", "Capitolo", "Parte", "Appendice", "pagina",
        "Nota", "Suggerimento", "Importante", "Avvertenza", "Attenzione",
        "Bibliografia", "Indice analitico", "Glossario", "Note", "Indice", "vedi", "vedi anche",
        "Elenco delle figure", "Elenco delle tabelle", "Elenco dei listati", "Colophon", "Licenza", "Versione",
        "Traduzione", "Cura", "Illustrazioni", "Fotografie", "Prefazione", "Progetto grafico", "Copertina", "Contributi",
        "in questa pagina", "nella pagina a fronte", "nella pagina seguente", "nella pagina precedente", "sul retro",
        "a pagina #", "continua", "Descrizione",
        "Copertina", "Frontespizio", "Pagine",
    ]),
    ("pt", [
        "Figura", "Tabela", "Listagem", "Equação", "Seção", "Capítulo", "Parte", "Apêndice", "página",
        "Nota", "Dica", "Importante", "Aviso", "Cuidado",
        "Bibliografia", "Índice remissivo", "Glossário", "Notas", "Sumário", "ver", "ver também",
        "Lista de figuras", "Lista de tabelas", "Lista de listagens", "Ficha técnica", "Licença", "Versão",
        "Tradução", "Edição", "Ilustrações", "Fotografias", "Prefácio", "Projeto gráfico", "Capa", "Colaboração",
        "nesta página", "na página ao lado", "na página seguinte", "na página anterior", "no verso",
        "na página #", "continuação", "Descrição",
        "Capa", "Folha de rosto", "Páginas",
    ]),
    ("nl", [
        "Figuur", "Tabel", "Listing", "Vergelijking", "Paragraaf", "Hoofdstuk", "Deel", "Bijlage", "pagina",
        "Opmerking", "Tip", "Belangrijk", "Waarschuwing", "Let op",
        "Bibliografie", "Register", "Verklarende woordenlijst", "Noten", "Inhoud", "zie", "zie ook",
        "Lijst van figuren", "Lijst van tabellen", "Lijst van listings", "Colofon", "Licentie", "Versie",
        "Vertaling", "Redactie", "Illustraties", "Foto’s", "Voorwoord", "Vormgeving", "Omslag", "Medewerking",
        "op deze pagina", "op de pagina hiernaast", "op de volgende pagina", "op de vorige pagina", "op de keerzijde",
        "op pagina #", "vervolg", "Beschrijving",
        "Omslag", "Titelpagina", "Pagina’s",
    ]),
    ("pl", [
        "Rysunek", "Tabela", "Listing", "Równanie", "Sekcja", "Rozdział", "Część", "Dodatek", "strona",
        "Uwaga", "Wskazówka", "Ważne", "Ostrzeżenie", "Ostrożnie",
        "Bibliografia", "Indeks", "Słownik pojęć", "Przypisy", "Spis treści", "zob.", "zob. też",
        "Spis rysunków", "Spis tabel", "Spis listingów", "Strona redakcyjna", "Licencja", "Wersja",
        "Przekład", "Redakcja", "Ilustracje", "Fotografie", "Przedmowa", "Projekt graficzny", "Okładka", "Współpraca",
        "na tej stronie", "na stronie obok", "na następnej stronie", "na poprzedniej stronie", "na odwrocie",
        "na stronie #", "ciąg dalszy", "Opis",
        "Okładka", "Strona tytułowa", "Strony",
    ]),
    ("ru", [
        "Рисунок", "Таблица", "Листинг", "Уравнение", "Раздел", "Глава", "Часть", "Приложение", "страница",
        "Примечание", "Совет", "Важно", "Предупреждение", "Осторожно",
        "Список литературы", "Предметный указатель", "Глоссарий", "Примечания", "Содержание", "см.", "см. также",
        "Список рисунков", "Список таблиц", "Список листингов", "Выходные данные", "Лицензия", "Версия",
        "Перевод", "Редакция", "Иллюстрации", "Фотографии", "Предисловие", "Оформление", "Обложка", "Участие",
        "на этой странице", "на соседней странице", "на следующей странице", "на предыдущей странице", "на обороте",
        "на странице #", "продолжение", "Описание",
        "Обложка", "Титульный лист", "Страницы",
    ]),
    ("uk", [
        "Рисунок", "Таблиця", "Лістинг", "Рівняння", "Розділ", "Глава", "Частина", "Додаток", "сторінка",
        "Примітка", "Порада", "Важливо", "Попередження", "Обережно",
        "Список літератури", "Предметний покажчик", "Глосарій", "Примітки", "Зміст", "див.", "див. також",
        "Список рисунків", "Список таблиць", "Список лістингів", "Вихідні дані", "Ліцензія", "Версія",
        "Переклад", "Редакція", "Ілюстрації", "Фотографії", "Передмова", "Оформлення", "Обкладинка", "Участь",
        "на цій сторінці", "на сусідній сторінці", "на наступній сторінці", "на попередній сторінці", "на звороті",
        "на сторінці #", "продовження", "Опис",
        "Обкладинка", "Титульний аркуш", "Сторінки",
    ]),
    ("cs", [
        "Obrázek", "Tabulka", "Výpis", "Rovnice", "Oddíl", "Kapitola", "Část", "Příloha", "strana",
        "Poznámka", "Tip", "Důležité", "Varování", "Pozor",
        "Literatura", "Rejstřík", "Slovníček pojmů", "Poznámky", "Obsah", "viz", "viz též",
        "Seznam obrázků", "Seznam tabulek", "Seznam výpisů", "Tiráž", "Licence", "Verze",
        "Překlad", "Redakce", "Ilustrace", "Fotografie", "Předmluva", "Grafická úprava", "Obálka", "Spolupráce",
        "na této straně", "na protější straně", "na následující straně", "na předchozí straně", "na rubu",
        "na straně #", "pokračování", "Popis",
        "Obálka", "Titulní strana", "Strany",
    ]),
    ("sv", [
        "Figur", "Tabell", "Listning", "Ekvation", "Avsnitt", "Kapitel", "Del", "Bilaga", "sida",
        "Obs", "Tips", "Viktigt", "Varning", "Försiktighet",
        "Litteraturförteckning", "Register", "Ordlista", "Noter", "Innehåll", "se", "se även",
        "Figurförteckning", "Tabellförteckning", "Listningar", "Tryckort och rättigheter", "Licens", "Version",
        "Översättning", "Redaktion", "Illustrationer", "Fotografier", "Förord", "Formgivning", "Omslag", "Medverkan",
        "på denna sida", "på motstående sida", "på nästa sida", "på föregående sida", "på omstående sida",
        "på sida #", "forts.", "Beskrivning",
        "Omslag", "Titelsida", "Sidor",
    ]),
    ("da", [
        "Figur", "Tabel", "Programudskrift", "Ligning", "Afsnit", "Kapitel", "Del", "Bilag", "side",
        "Bemærk", "Tip", "Vigtigt", "Advarsel", "Forsigtig",
        "Litteratur", "Stikordsregister", "Ordliste", "Noter", "Indhold", "se", "se også",
        "Figurliste", "Tabelliste", "Programudskrifter", "Kolofon", "Licens", "Version",
        "Oversættelse", "Redaktion", "Illustrationer", "Fotografier", "Forord", "Tilrettelæggelse", "Omslag", "Medvirken",
        "på denne side", "på modstående side", "på næste side", "på forrige side", "på bagsiden",
        "på side #", "fortsat", "Beskrivelse",
        "Omslag", "Titelblad", "Sider",
    ]),
    ("fi", [
        "Kuva", "Taulukko", "Ohjelmalistaus", "Yhtälö", "Alaluku", "Luku", "Osa", "Liite", "sivu",
        "Huomautus", "Vinkki", "Tärkeää", "Varoitus", "Varo",
        "Lähteet", "Hakemisto", "Sanasto", "Viitteet", "Sisällys", "ks.", "ks. myös",
        "Kuvaluettelo", "Taulukkoluettelo", "Ohjelmalistaukset", "Tekijänoikeustiedot", "Lisenssi", "Versio",
        "Käännös", "Toimitus", "Kuvitus", "Valokuvat", "Alkusanat", "Ulkoasu", "Kansi", "Avustajat",
        "tällä sivulla", "viereisellä sivulla", "seuraavalla sivulla", "edellisellä sivulla", "kääntöpuolella",
        "sivulla #", "jatkoa", "Kuvaus",
        "Kansi", "Nimiösivu", "Sivut",
    ]),
    ("hu", [
        "#. ábra", "#. táblázat", "#. lista", "#. egyenlet", "#. szakasz", "#. fejezet", "#. rész", "#. függelék",
        "#. oldal", "Megjegyzés", "Tipp", "Fontos", "Figyelmeztetés", "Vigyázat",
        "Irodalomjegyzék", "Tárgymutató", "Szójegyzék", "Jegyzetek", "Tartalom", "lásd", "lásd még",
        "Ábrák jegyzéke", "Táblázatok jegyzéke", "Listák jegyzéke", "Impresszum", "Licenc", "#. változat",
        "Fordítás", "Szerkesztés", "Illusztrációk", "Fényképek", "Előszó", "Tervezés", "Borító", "Közreműködők",
        "ezen az oldalon", "a szemközti oldalon", "a következő oldalon", "az előző oldalon", "a túloldalon",
        "a(z) #. oldalon", "folytatás", "Leírás",
        "Borító", "Címoldal", "Oldalak",
    ]),
    ("tr", [
        "Şekil", "Tablo", "Kod", "Denklem", "Kısım", "Bölüm", "Kitap", "Ek", "sayfa",
        "Not", "İpucu", "Önemli", "Uyarı", "Dikkat",
        "Kaynakça", "Dizin", "Sözlük", "Notlar", "İçindekiler", "bkz.", "ayrıca bkz.",
        "Şekiller", "Tablolar", "Kodlar", "Künye", "Lisans", "Sürüm",
        "Çeviri", "Yayına hazırlama", "Resimler", "Fotoğraflar", "Önsöz", "Tasarım", "Kapak", "Katkıda bulunanlar",
        "bu sayfada", "karşı sayfada", "sonraki sayfada", "önceki sayfada", "arka sayfada",
        "sayfa # üzerinde", "devamı", "Açıklama",
        "Kapak", "Başlık sayfası", "Sayfalar",
    ]),
    ("el", [
        "Σχήμα", "Πίνακας", "Κώδικας", "Εξίσωση", "Ενότητα", "Κεφάλαιο", "Μέρος", "Παράρτημα", "σελίδα",
        "Σημείωση", "Συμβουλή", "Σημαντικό", "Προειδοποίηση", "Προσοχή",
        "Βιβλιογραφία", "Ευρετήριο", "Γλωσσάρι", "Σημειώσεις", "Περιεχόμενα", "βλ.", "βλ. επίσης",
        "Κατάλογος σχημάτων", "Κατάλογος πινάκων", "Κατάλογος κωδίκων", "Πνευματικά δικαιώματα", "Άδεια", "Έκδοση",
        "Μετάφραση", "Επιμέλεια", "Εικονογράφηση", "Φωτογραφίες", "Πρόλογος", "Σχεδιασμός", "Εξώφυλλο", "Συνεργάτες",
        "σε αυτή τη σελίδα", "στην απέναντι σελίδα", "στην επόμενη σελίδα", "στην προηγούμενη σελίδα", "στην πίσω όψη",
        "στη σελίδα #", "συνέχεια", "Περιγραφή",
        "Εξώφυλλο", "Σελίδα τίτλου", "Σελίδες",
    ]),
    ("ar", [
        "الشكل", "الجدول", "الشيفرة", "المعادلة", "القسم", "الفصل", "الجزء", "الملحق", "صفحة",
        "ملاحظة", "نصيحة", "مهم", "تحذير", "تنبيه",
        "المراجع", "الفهرس", "المسرد", "الحواشي", "المحتويات", "انظر", "انظر أيضًا",
        "قائمة الأشكال", "قائمة الجداول", "قائمة الشيفرات", "حقوق النشر", "الرخصة", "الإصدار",
        "الترجمة", "التحرير", "الرسوم", "الصور", "تقديم", "التصميم", "الغلاف", "المساهمون",
        "في هذه الصفحة", "في الصفحة المقابلة", "في الصفحة التالية", "في الصفحة السابقة", "في ظهر الصفحة",
        "في الصفحة #", "تابع", "الوصف",
        "الغلاف", "صفحة العنوان", "الصفحات",
    ]),
    ("he", [
        "איור", "טבלה", "קוד", "משוואה", "סעיף", "פרק", "חלק", "נספח", "עמוד",
        "הערה", "עצה", "חשוב", "אזהרה", "זהירות",
        "ביבליוגרפיה", "מפתח", "מילון מונחים", "הערות", "תוכן העניינים", "ראו", "ראו גם",
        "רשימת איורים", "רשימת טבלאות", "רשימת קטעי קוד", "זכויות יוצרים", "רישיון", "גרסה",
        "תרגום", "עריכה", "איורים", "צילומים", "הקדמה", "עיצוב", "עטיפה", "משתתפים",
        "בעמוד זה", "בעמוד שממול", "בעמוד הבא", "בעמוד הקודם", "מעבר לדף",
        "בעמוד #", "המשך", "תיאור",
        "עטיפה", "דף השער", "עמודים",
    ]),
    ("fa", [
        "شکل", "جدول", "کد", "معادله", "قسمت", "فصل", "بخش", "پیوست", "صفحه",
        "یادداشت", "نکته", "مهم", "هشدار", "احتیاط",
        "کتاب‌نامه", "نمایه", "واژه‌نامه", "یادداشت‌ها", "فهرست مطالب", "ببینید", "نیز ببینید",
        "فهرست شکل‌ها", "فهرست جدول‌ها", "فهرست کدها", "حقوق نشر", "پروانه", "نسخه",
        "ترجمه", "ویرایش", "تصویرگری", "عکس‌ها", "پیش‌گفتار", "طراحی", "جلد", "همکاران",
        "در همین صفحه", "در صفحهٔ روبه‌رو", "در صفحهٔ بعد", "در صفحهٔ قبل", "در پشت صفحه",
        "در صفحهٔ #", "ادامه", "توصیف",
        "جلد", "صفحهٔ عنوان", "صفحه‌ها",
    ]),
    ("ur", [
        "شکل", "جدول", "کوڈ", "مساوات", "قطعہ", "باب", "حصہ", "ضمیمہ", "صفحہ",
        "نوٹ", "مشورہ", "اہم", "انتباہ", "احتیاط",
        "کتابیات", "اشاریہ", "فرہنگ", "حواشی", "فہرست", "دیکھیے", "مزید دیکھیے",
        "فہرست اشکال", "فہرست جداول", "فہرست کوڈ", "حقوق اشاعت", "لائسنس", "نسخہ",
        "ترجمہ", "تدوین", "تصویر کشی", "تصاویر", "پیش لفظ", "ڈیزائن", "سرورق", "معاونین",
        "اسی صفحے پر", "سامنے کے صفحے پر", "اگلے صفحے پر", "پچھلے صفحے پر", "صفحے کی پشت پر",
        "صفحہ # پر", "جاری", "تفصیل",
        "سرورق", "صفحۂ عنوان", "صفحات",
    ]),
    ("zh", [
        "图", "表", "代码清单", "公式", "第 # 节", "第 # 章", "第 # 部分", "附录", "第 # 页",
        "注", "提示", "重要", "警告", "小心",
        "参考文献", "索引", "术语表", "注释", "目录", "见", "另见",
        "插图目录", "表格目录", "代码清单目录", "版权页", "许可证", "版本",
        "翻译", "编辑", "插图", "摄影", "序言", "设计", "封面", "参与者",
        "本页", "对页", "下一页", "上一页", "背面",
        "第 # 页", "续", "说明",
        "封面", "扉页", "页码",
    ]),
    ("zh-hant", [
        "圖", "表", "程式碼", "公式", "第 # 節", "第 # 章", "第 # 部", "附錄", "第 # 頁",
        "註", "提示", "重要", "警告", "小心",
        "參考文獻", "索引", "詞彙表", "註釋", "目錄", "見", "另見",
        "插圖目錄", "表格目錄", "程式碼目錄", "版權頁", "授權條款", "版本",
        "翻譯", "編輯", "插圖", "攝影", "序言", "設計", "封面", "參與者",
        "本頁", "對頁", "下一頁", "上一頁", "背面",
        "第 # 頁", "續", "說明",
        "封面", "書名頁", "頁碼",
    ]),
    ("ja", [
        "図#", "表#", "リスト#", "式#", "#節", "第#章", "第#部", "付録#", "#ページ",
        "注記", "ヒント", "重要", "警告", "注意",
        "参考文献", "索引", "用語集", "注", "目次", "→", "→",
        "図目次", "表目次", "リスト目次", "奥付", "ライセンス", "バージョン",
        "翻訳", "編集", "イラスト", "写真", "序文", "デザイン", "装丁", "協力",
        "このページ", "向かいのページ", "次のページ", "前のページ", "裏面",
        "#ページ", "続き", "説明",
        "表紙", "扉", "ページ",
    ]),
    ("ko", [
        "그림", "표", "코드", "식", "#절", "#장", "#부", "부록", "#쪽",
        "참고", "팁", "중요", "경고", "주의",
        "참고 문헌", "찾아보기", "용어집", "주", "차례", "→", "→",
        "그림 차례", "표 차례", "코드 차례", "판권", "라이선스", "버전",
        "옮김", "엮음", "그림", "사진", "머리말", "디자인", "표지", "참여",
        "이 쪽", "맞은쪽", "다음 쪽", "앞쪽", "뒷면",
        "#쪽", "계속", "설명",
        "표지", "속표지", "쪽",
    ]),
];

/// Lower-case roman numeral of `number`; beyond 3,999 the thousands repeat `m`.
#[must_use]
pub fn roman(mut number: u32) -> String {
    const DIGITS: [(u32, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut text = String::new();
    for (value, digit) in DIGITS {
        while number >= value {
            text.push_str(digit);
            number -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_come_together_as_the_language_wants() {
        let check = |what, language, number, expected: &str| {
            assert_eq!(numbered(what, number, language).replace('\u{a0}', " "), expected);
        };
        check(Term::Figure, "en-GB", "3.2", "Figure 3.2");
        check(Term::Figure, "hu", "3.2", "3.2. ábra");
        check(Term::Chapter, "zh-Hans-CN", "3", "第 3 章");
        check(Term::Section, "zh-TW", "3.1", "第 3.1 節");
        check(Term::Table, "ja", "4", "表4");
        check(Term::Appendix, "de", "A", "Anhang A");
        check(Term::Listing, "tlh", "1-1", "Listing 1-1");
    }

    #[test]
    fn a_word_alone_has_no_place_for_a_number() {
        assert_eq!(term(Term::Figure, "hu"), "ábra");
        assert_eq!(term(Term::Chapter, "ja"), "章");
        assert_eq!(term(Term::Figure, "ja"), "図");
        assert_eq!(term(Term::SeeAlso, "fr-CA"), "voir aussi");
        for (language, words) in TABLE {
            for word in words {
                let alone = word.replace('#', "");
                assert!(!alone.trim().is_empty(), "{language}: {word}");
            }
        }
    }

    #[test]
    fn commas_are_those_of_the_script() {
        assert_eq!((comma("fa-IR"), comma("he"), comma("en")), ("،", ",", ","));
    }

    #[test]
    fn a_number_is_found_again() {
        for language in ["en", "hu", "zh", "ja", "ko"] {
            for what in [Term::Figure, Term::Section, Term::Part] {
                assert_eq!(number_in(what, &numbered(what, "3.2", language), language), "3.2");
            }
        }
        assert_eq!(number_in(Term::Listing, "Listing 1-1", "en"), "1-1");
    }

    #[test]
    fn languages_stand_once() {
        let mut names: Vec<&str> = TABLE.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn roman_numerals_subtract() {
        let all: Vec<String> = [1, 4, 9, 14, 40, 99, 1999].map(roman).to_vec();
        assert_eq!(all, ["i", "iv", "ix", "xiv", "xl", "xcix", "mcmxcix"]);
    }
}
