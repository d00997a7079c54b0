package survey

import (
	"maps"
	"slices"

	"golang.org/x/text/language"
)

// Phrases are the words of hosted pages in one language.
type Phrases struct {
	Next, Send, Back, Skip string
	NotApplicable          string // the question does not apply to me
	Several                string // as many as apply
	Required               string // nothing was answered
	TooLong                string
	Thanks, Closed         string
	Answered               string // by this link already
	NoLink                 string // leads nowhere
	Stop, StopAsk, Stopped string // do not ask me again
	Step                   string // question %d of %d
	Anonymous              string // what is kept of an employee
	Language, Subject      string
	Reminder, Until        string // of mail
}

// phrases by base language. What a survey asks in another is asked with English buttons.
var phrases = map[string]Phrases{
	"en": {
		"Next", "Send", "Back", "Skip", "Does not apply to me", "Choose as many as apply.", "Choose an answer, or skip the question.", "This is too long.",
		"Thank you. Your answers have been kept.", "This survey is closed.", "You have answered already. Thank you.", "This link leads nowhere.",
		"Do not ask me again", "Shall we not ask you again?", "We will not ask you again.", "Question %d of %d",
		"Your answers are anonymous: nothing is kept that says who gave them, and they are shown only together with those of at least four others.",
		"Language", "A few questions", "A reminder", "The link can be answered until %s.",
	},
	"de": {
		"Weiter", "Absenden", "Zurück", "Überspringen", "Trifft auf mich nicht zu", "Mehrere Antworten sind möglich.", "Bitte wählen Sie eine Antwort, oder überspringen Sie die Frage.", "Das ist zu lang.",
		"Vielen Dank. Ihre Antworten sind angekommen.", "Diese Umfrage ist beendet.", "Sie haben schon geantwortet. Vielen Dank.", "Dieser Link führt nirgendwohin.",
		"Nicht mehr fragen", "Sollen wir Sie nicht mehr fragen?", "Wir fragen Sie nicht mehr.", "Frage %d von %d",
		"Ihre Antworten sind anonym: Nichts sagt, von wem sie sind, und sie werden nur zusammen mit denen von mindestens vier anderen gezeigt.",
		"Sprache", "Ein paar Fragen", "Eine Erinnerung", "Der Link gilt bis %s.",
	},
	"fr": {
		"Suivant", "Envoyer", "Retour", "Passer", "Cela ne me concerne pas", "Plusieurs réponses sont possibles.", "Choisissez une réponse ou passez la question.", "C’est trop long.",
		"Merci. Vos réponses sont enregistrées.", "Cette enquête est terminée.", "Vous avez déjà répondu. Merci.", "Ce lien ne mène nulle part.",
		"Ne plus me solliciter", "Ne plus vous solliciter ?", "Nous ne vous solliciterons plus.", "Question %d sur %d",
		"Vos réponses sont anonymes : rien n’indique de qui elles viennent, et elles ne sont montrées qu’avec celles d’au moins quatre autres personnes.",
		"Langue", "Quelques questions", "Un rappel", "Le lien est valable jusqu’au %s.",
	},
	"es": {
		"Siguiente", "Enviar", "Atrás", "Omitir", "No me concierne", "Elija todas las que correspondan.", "Elija una respuesta u omita la pregunta.", "Es demasiado largo.",
		"Gracias. Sus respuestas han quedado guardadas.", "Esta encuesta está cerrada.", "Ya ha respondido. Gracias.", "Este enlace no lleva a ninguna parte.",
		"No volver a preguntarme", "¿No volver a preguntarle?", "No volveremos a preguntarle.", "Pregunta %d de %d",
		"Sus respuestas son anónimas: no se guarda nada que diga de quién son, y solo se muestran junto con las de al menos otras cuatro personas.",
		"Idioma", "Unas preguntas", "Un recordatorio", "El enlace es válido hasta el %s.",
	},
	"it": {
		"Avanti", "Invia", "Indietro", "Salta", "Non mi riguarda", "Sono possibili più risposte.", "Scelga una risposta o salti la domanda.", "È troppo lungo.",
		"Grazie. Le sue risposte sono state registrate.", "Questo sondaggio è chiuso.", "Ha già risposto. Grazie.", "Questo link non porta da nessuna parte.",
		"Non chiedermelo più", "Non dobbiamo più chiederle nulla?", "Non le chiederemo più nulla.", "Domanda %d di %d",
		"Le sue risposte sono anonime: nulla dice di chi siano, e si mostrano solo insieme a quelle di almeno altre quattro persone.",
		"Lingua", "Qualche domanda", "Un promemoria", "Il link è valido fino al %s.",
	},
	"nl": {
		"Volgende", "Versturen", "Terug", "Overslaan", "Niet van toepassing", "Meerdere antwoorden zijn mogelijk.", "Kies een antwoord of sla de vraag over.", "Dit is te lang.",
		"Dank u. Uw antwoorden zijn bewaard.", "Deze enquête is gesloten.", "U hebt al geantwoord. Dank u.", "Deze link leidt nergens heen.",
		"Vraag mij niet meer", "Zullen we u niets meer vragen?", "We vragen u niets meer.", "Vraag %d van %d",
		"Uw antwoorden zijn anoniem: niets zegt van wie ze zijn, en ze worden alleen samen met die van minstens vier anderen getoond.",
		"Taal", "Een paar vragen", "Een herinnering", "De link is geldig tot %s.",
	},
	"pt": {
		"Seguinte", "Enviar", "Voltar", "Saltar", "Não se aplica a mim", "Pode escolher várias.", "Escolha uma resposta ou salte a pergunta.", "É demasiado longo.",
		"Obrigado. As suas respostas foram guardadas.", "Este inquérito está fechado.", "Já respondeu. Obrigado.", "Esta ligação não leva a lado nenhum.",
		"Não me perguntar mais", "Não lhe perguntar mais?", "Não lhe perguntaremos mais.", "Pergunta %d de %d",
		"As suas respostas são anónimas: nada diz de quem são, e só são mostradas com as de pelo menos outras quatro pessoas.",
		"Idioma", "Algumas perguntas", "Um lembrete", "A ligação é válida até %s.",
	},
	"pl": {
		"Dalej", "Wyślij", "Wstecz", "Pomiń", "Nie dotyczy mnie", "Można wybrać kilka odpowiedzi.", "Wybierz odpowiedź albo pomiń pytanie.", "To jest za długie.",
		"Dziękujemy. Odpowiedzi zostały zapisane.", "Ta ankieta jest zamknięta.", "Odpowiedź już jest zapisana. Dziękujemy.", "Ten link donikąd nie prowadzi.",
		"Nie pytajcie mnie więcej", "Czy mamy więcej nie pytać?", "Nie będziemy więcej pytać.", "Pytanie %d z %d",
		"Odpowiedzi są anonimowe: nic nie mówi, czyje są, i pokazuje się je tylko razem z odpowiedziami co najmniej czterech innych osób.",
		"Język", "Kilka pytań", "Przypomnienie", "Link jest ważny do %s.",
	},
	"tr": {
		"İleri", "Gönder", "Geri", "Geç", "Benim için geçerli değil", "Birden fazla seçebilirsiniz.", "Bir yanıt seçin ya da soruyu geçin.", "Bu çok uzun.",
		"Teşekkürler. Yanıtlarınız kaydedildi.", "Bu anket kapandı.", "Zaten yanıtladınız. Teşekkürler.", "Bu bağlantı hiçbir yere gitmiyor.",
		"Bana bir daha sormayın", "Size bir daha sormayalım mı?", "Size bir daha sormayacağız.", "Soru %d / %d",
		"Yanıtlarınız anonimdir: kime ait olduklarını söyleyen hiçbir şey tutulmaz ve yalnızca en az dört kişinin yanıtıyla birlikte gösterilir.",
		"Dil", "Birkaç soru", "Hatırlatma", "Bağlantı %s tarihine kadar geçerlidir.",
	},
	"ar": {
		"التالي", "إرسال", "السابق", "تخطي", "لا ينطبق عليّ", "يمكن اختيار أكثر من إجابة.", "اختر إجابة أو تخطَّ السؤال.", "النص طويل جدًا.",
		"شكرًا لك. حُفظت إجاباتك.", "انتهى هذا الاستبيان.", "لقد أجبت من قبل. شكرًا لك.", "هذا الرابط لا يؤدي إلى شيء.",
		"لا تسألوني مرة أخرى", "هل نتوقف عن سؤالك؟", "لن نسألك مرة أخرى.", "السؤال %d من %d",
		"إجاباتك مجهولة المصدر: لا يُحفظ ما يدل على صاحبها، ولا تُعرض إلا مع إجابات أربعة آخرين على الأقل.",
		"اللغة", "بعض الأسئلة", "تذكير", "الرابط صالح حتى %s.",
	},
	"he": {
		"הבא", "שליחה", "חזרה", "דילוג", "לא רלוונטי עבורי", "אפשר לבחור כמה תשובות.", "יש לבחור תשובה או לדלג על השאלה.", "הטקסט ארוך מדי.",
		"תודה. התשובות נשמרו.", "הסקר נסגר.", "כבר התקבלה תשובה. תודה.", "הקישור אינו מוביל לשום מקום.",
		"לא לשאול אותי שוב", "להפסיק לשאול?", "לא נשאל שוב.", "שאלה %d מתוך %d",
		"התשובות אנונימיות: לא נשמר דבר שמעיד של מי הן, והן מוצגות רק יחד עם תשובות של ארבעה אחרים לפחות.",
		"שפה", "כמה שאלות", "תזכורת", "הקישור תקף עד %s.",
	},
	"ja": {
		"次へ", "送信", "戻る", "スキップ", "該当しない", "あてはまるものをすべて選んでください。", "回答を選ぶか、質問をスキップしてください。", "長すぎます。",
		"ありがとうございました。回答を保存しました。", "このアンケートは終了しました。", "すでに回答済みです。ありがとうございました。", "このリンクは無効です。",
		"今後は尋ねないでください", "今後お尋ねするのをやめますか。", "今後お尋ねしません。", "質問 %d / %d",
		"回答は匿名です。誰の回答かを示すものは保存されず、ほかの四人以上の回答と一緒にのみ表示されます。",
		"言語", "いくつかの質問", "再度のお願い", "リンクは %s まで有効です。",
	},
	"zh": {
		"下一题", "提交", "返回", "跳过", "不适用", "可多选。", "请选择一个答案，或跳过此题。", "内容过长。",
		"谢谢。您的回答已保存。", "本次调查已结束。", "您已回答过。谢谢。", "此链接无效。",
		"请不要再问我", "不再向您提问吗？", "我们不会再向您提问。", "第 %d 题，共 %d 题",
		"您的回答是匿名的：不会保存任何表明回答者身份的信息，并且只会与至少另外四人的回答一起显示。",
		"语言", "几个问题", "提醒", "链接有效期至 %s。",
	},
}

// PhrasesIn returns the words of hosted pages in a language, or in English.
func PhrasesIn(tag string) Phrases {
	base, _ := language.Make(tag).Base()
	if p, ok := phrases[base.String()]; ok {
		return p
	}
	return phrases["en"]
}

// written from right to left, by script.
var rightToLeft = []string{"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"}

// Direction is how a language is written: ltr or rtl.
func Direction(tag string) string {
	script, _ := language.Make(tag).Script()
	if slices.Contains(rightToLeft, script.String()) {
		return "rtl"
	}
	return "ltr"
}

// Languages lists those that hosted pages have words in, English first.
func Languages() []string {
	all := slices.Sorted(maps.Keys(phrases))
	return append([]string{"en"}, slices.DeleteFunc(all, func(l string) bool { return l == "en" })...)
}
