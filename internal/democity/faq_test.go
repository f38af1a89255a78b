package democity

import (
	"os"
	"strings"
	"testing"

	"ippo"
	"ippo/internal/faq"
)

// paraphrase is what somebody might write, with the key of the question that answers it; "" for none.
type paraphrase struct{ key, text string }

// paraphrases reads a file of testdata. What is held out was looked at by nobody who weighed the search.
func paraphrases(t testing.TB, file string) (tuned, heldOut []paraphrase) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	nth := map[string]int{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		p := paraphrase{text: line}
		if key, asked, found := strings.Cut(line, "\t"); found {
			p = paraphrase{key, asked}
		}
		if nth[p.key]++; nth[p.key]%2 == 1 {
			tuned = append(tuned, p)
		} else {
			heldOut = append(heldOut, p)
		}
	}
	return tuned, heldOut
}

// numbered are the town's questions as the store would keep them, and each one's key.
func numbered() ([]ippo.FAQ, map[ippo.FAQID]string) {
	all, keys := faqs(), map[ippo.FAQID]string{}
	for i := range all {
		all[i].ID = ippo.FAQID(i + 1)
		keys[all[i].ID] = asks[i].key
	}
	return all, keys
}

// Nine of ten questions find their answer among three, and of what is no question for the center hardly
// anything is taken for one: also among those that were held out.
func TestQuestionsFindTheirAnswers(t *testing.T) {
	all, keys := numbered()
	index := faq.New(all)
	tuned, heldOut := paraphrases(t, "questions.tsv")
	offTopic, offTopicHeldOut := paraphrases(t, "irrelevant.tsv")
	if len(tuned)+len(heldOut) < 200 || len(offTopic)+len(offTopicHeldOut) < 100 {
		t.Fatalf("%d paraphrases and %d irrelevant messages are too few", len(tuned)+len(heldOut), len(offTopic)+len(offTopicHeldOut))
	}
	for _, half := range []struct {
		name            string
		asked, offTopic []paraphrase
		show            bool // what went wrong; never for what is held out
	}{{"tuned", tuned, offTopic, testing.Verbose()}, {"held out", heldOut, offTopicHeldOut, false}} {
		found, first, atOnce, wrongAtOnce := 0, 0, 0, 0
		for _, p := range half.asked {
			r := index.Search(p.text)
			right := -1
			for i, h := range r.Hits {
				if keys[h.FAQ.ID] == p.key {
					right = i
				}
			}
			switch {
			case right == 0:
				first++
				found++
			case right > 0:
				found++
			case half.show:
				t.Logf("not found: %s (%s): %v", p.text, p.key, offeredKeys(r, keys))
			}
			if r.Outcome == faq.Answer {
				atOnce++
				if right != 0 {
					wrongAtOnce++
				}
			}
		}
		rejected := 0
		for _, p := range half.offTopic {
			if r := index.Search(p.text); r.Outcome == faq.None {
				rejected++
			} else if half.show {
				t.Logf("not rejected: %s: %v", p.text, offeredKeys(r, keys))
			}
		}
		hit, rejection := share(found, len(half.asked)), share(rejected, len(half.offTopic))
		t.Logf("%s: hit@3 %.1f%% of %d (first: %.1f%%; answered at once: %d, wrongly: %d), rejected %.1f%% of %d",
			half.name, 100*hit, len(half.asked), 100*share(first, len(half.asked)), atOnce, wrongAtOnce, 100*rejection, len(half.offTopic))
		if hit < 0.9 || rejection < 0.95 {
			t.Errorf("%s: hit@3 must be at least 90%%, rejection 95%%", half.name)
		}
	}
}

func share(n, of int) float64 { return float64(n) / float64(of) }

func offeredKeys(r faq.Result, keys map[ippo.FAQID]string) (words []string) {
	for _, h := range append(r.Hits, r.Below...) {
		words = append(words, keys[h.FAQ.ID]+" "+h.Strength()+" "+strings.Join(h.Words, "・"))
	}
	return words
}
