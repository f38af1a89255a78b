package browser

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe-core 4.14.1 of Deque Systems (MPL 2.0, axe.LICENSE.txt), as npm has it. Tests alone use it.
//
//go:embed axe.min.js
var axe string

// Violation is one rule of accessibility that a page breaks.
type Violation struct {
	Rule  string // such as color-contrast
	Help  string
	Nodes []string // where, as CSS selectors
}

func (v Violation) String() string {
	return fmt.Sprintf("%s: %s\n\t%s", v.Rule, v.Help, strings.Join(v.Nodes, "\n\t"))
}

// Violations asks axe-core about the page that is shown: WCAG 2.2 up to AA, and what axe calls best practice.
func Violations(ctx context.Context) ([]Violation, error) {
	loaded, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`"axe" in window`))
	if err == nil && !loaded {
		err = chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axe))
	}
	if err != nil {
		return nil, fmt.Errorf("load axe: %w", err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]Violation](`axe.run(document, {
		resultTypes: ["violations"],
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	}).then((r) => r.violations.map((v) => ({
		rule: v.id, help: v.help, nodes: v.nodes.slice(0, 5).map((n) => n.target.join(" ") + "  " + (n.failureSummary || "").replaceAll("\n", " ")),
	})))`, chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, fmt.Errorf("run axe: %w", err)
	}
	return found, nil
}

// Prefers makes pages be drawn for whoever prefers the light or the dark.
func Prefers(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}
