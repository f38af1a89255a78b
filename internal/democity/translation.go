package democity

import "ippo"

// worded makes the translations of a thing whose texts have these names: one in やさしい日本語 and one in English,
// each as far as the staff have written it.
func worded(names, easy, en []string) ippo.Translations {
	ts := make(ippo.Translations)
	for l, texts := range map[ippo.Language][]string{ippo.EasyJapanese: easy, ippo.English: en} {
		t := ippo.Translation{Texts: make(map[string]string)}
		for i, text := range texts {
			if text != "" {
				t.Texts[names[i]] = text
			}
		}
		if len(t.Texts) > 0 {
			ts[l] = t
		}
	}
	return ts
}
