package admin

import (
	"cmp"

	"ippo"
)

type faqJSON struct {
	ID        ippo.FAQID `json:"id"`
	Question  string     `json:"question"`
	Answer    string     `json:"answer"`
	Synonyms  []string   `json:"synonyms"`
	Order     int        `json:"order"`
	Hidden    bool       `json:"hidden"`
	UpdatedAt apiTime    `json:"updatedAt"`
	Shown     int        `json:"shown"`
	Helped    int        `json:"helped"`
	Failed    int        `json:"failed"`

	Translations translationsJSON `json:"translations"`
	Older        []ippo.Language  `json:"olderTranslations"` // only shown
}

func (a *API) faqs() resource[faqJSON] {
	return content[ippo.FAQID, ippo.FAQ, faqJSON]{
		list:   a.Store.FAQs,
		get:    a.Store.FAQ,
		create: a.Store.CreateFAQ,
		update: a.Store.UpdateFAQ,
		delete: a.Store.DeleteFAQ,
		show: func(_ vocabulary, q ippo.FAQ) faqJSON {
			return faqJSON{
				q.ID, q.Question, q.Answer, append([]string{}, q.SynonymList()...),
				q.Order, q.Hidden, apiTime{q.UpdatedAt}, q.Shown, q.Helped, q.Failed,
				showTranslations(q.Translations), olderTranslations(q.Translations, q.Texts()),
			}
		},
		read: func(_ vocabulary, j faqJSON, was ippo.FAQ) (ippo.FAQ, error) {
			return ippo.FAQ{
				ID: was.ID, Question: j.Question, Answer: j.Answer,
				Synonyms: ippo.JoinSynonyms(j.Synonyms), Order: cmp.Or(j.Order, was.Order), Hidden: j.Hidden,
				Translations: j.Translations.read(),
			}, nil
		},
	}.resource(a)
}
