package admin

import (
	"maps"
	"slices"

	"ippo"
)

// translationsJSON is the texts of a thing by language and name. Left out of a request, they stay as they are.
type translationsJSON map[ippo.Language]map[string]string

func showTranslations(ts ippo.Translations) translationsJSON {
	shown := make(translationsJSON, len(ts))
	for l, t := range ts {
		shown[l] = t.Texts
	}
	return shown
}

func (j translationsJSON) read() ippo.Translations {
	if j == nil {
		return nil
	}
	ts := make(ippo.Translations, len(j))
	for l, texts := range j {
		ts[l] = ippo.Translation{Texts: texts}
	}
	return ts
}

// olderTranslations lists the languages whose texts are older than the Japanese ones.
func olderTranslations(ts ippo.Translations, texts []ippo.ContentText) []ippo.Language {
	older := []ippo.Language{}
	for _, l := range sortedLanguages(ts) {
		if ts[l].Older(texts) {
			older = append(older, l)
		}
	}
	return older
}

func sortedLanguages[T any](ts map[ippo.Language]T) []ippo.Language {
	return slices.Sorted(maps.Keys(ts))
}
