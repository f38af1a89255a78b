package main

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ippo/internal/democity"
)

// startDemo runs the demo until the test ends and returns its address and its data folder.
func startDemo(t *testing.T) (base, folder string) {
	t.Helper()
	folder = demoFolder(t)
	return startDemoIn(t, folder), folder
}

// townsAddress is where the demo listens while nothing else does, and so where what is in its town leads to.
const townsAddress = "127.0.0.1:8080"

// town is a folder that holds the demo's town: filling it takes long, so the tests go through copies of one. TestDemo,
// TestLanguagesJourney and TestDemoPage have the demo fill its own.
var (
	townFolder string // "" while nobody has gone there
	town       = sync.OnceValue(func() (err error) {
		if townFolder, err = os.MkdirTemp("", "ippo-town-"); err != nil {
			return err
		}
		st, _, err := openDemoCity(context.Background(), dataSettings{Folder: townFolder}, "http://"+townsAddress, time.Now())
		if err != nil {
			return err
		}
		return st.Close()
	})
)

// townCopy is a folder of the test's own with the town in it.
func townCopy(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	err := town()
	if err == nil {
		err = os.CopyFS(folder, os.DirFS(townFolder))
	}
	if err == nil {
		err = os.Chmod(filepath.Join(folder, keyFile), 0o600) // it is copied for everybody to read
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// demoFolder is a folder for a demo, with the town in it; without, where the demo will listen elsewhere.
func demoFolder(t *testing.T) (folder string) {
	t.Helper()
	l, err := listenDemo()
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if l.Addr().String() != townsAddress {
		return t.TempDir()
	}
	return townCopy(t)
}

// startDemoIn runs the demo with a data folder that may hold something already.
func startDemoIn(t *testing.T, folder string) (base string) {
	t.Helper()
	cmd := command(t, nil, "demo", "--data", folder)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if base = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(lines.Text()); base != "" {
			return base
		}
	}
	t.Fatal("the demo ended before it said its address")
	return ""
}

// walker uses the demo's phones and the panel in one browser, one after the other.
type walker struct {
	*testing.T
	ctx  context.Context
	base string
}

func (w *walker) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 90*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.Fatalf("%s: %v\n%s", what, err, w.words())
	}
}

// words is what the page says now.
func (w *walker) words() string {
	text, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("document.body ? document.body.innerText : ''"))
	if err != nil {
		return err.Error()
	}
	return text
}

// holds waits until a condition holds, over pages that come and go meanwhile.
func (w *walker) holds(what, condition string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	for {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](condition))
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			w.Fatalf("in vain: %s: %v\n%s", what, err, w.words())
		}
	}
}

func (w *walker) sees(words string) {
	w.Helper()
	w.holds("see "+words, fmt.Sprintf("document.body && document.body.innerText.includes(%q)", words))
}

func (w *walker) open(path string) {
	w.Helper()
	w.do("open "+path, chromedp.Navigate(w.base+path))
}

// press clicks the last link or button that says these words.
func (w *walker) press(words string) {
	w.Helper()
	w.clicks(words, fmt.Sprintf(`[...document.querySelectorAll("a, button, summary, label")].filter(e => e.offsetParent && e.innerText.includes(%q)).pop()`, words))
}

// click clicks the first that a selector names.
func (w *walker) click(selector string) {
	w.Helper()
	w.clicks(selector, fmt.Sprintf(`[...document.querySelectorAll(%q)].find(e => e.offsetParent)`, selector))
}

// clicks waits until an expression finds something, and clicks it. Looking for it once more and clicking are one
// step: whatever comes in before may draw it anew.
func (w *walker) clicks(what, find string) {
	w.Helper()
	for clicked := false; !clicked; {
		w.holds("find "+what, find+" !== undefined")
		var err error
		clicked, err = chromedp.Run(w.ctx, chromedp.Evaluate[bool](`(() => { const found = `+find+`; found?.click(); return found !== undefined })()`))
		if err != nil {
			w.Fatalf("press %s: %v\n%s", what, err, w.words())
		}
	}
}

func (w *walker) script(what, script string) {
	w.Helper()
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[any]("(() => {"+script+"})()")); err != nil {
		w.Fatalf("%s: %v\n%s", what, err, w.words())
	}
}

// follow adds a friend and returns the path of their phone.
func (w *walker) follow(name string) (phone string) {
	w.Helper()
	w.open("/phone/?add=1&name=" + url.QueryEscape(name))
	w.click(`button.wide`)
	w.hears("友だち追加ありがとうございます")
	address, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("location.pathname + location.search"))
	if err != nil {
		w.Fatal(err)
	}
	return address
}

// hears waits for words in the chat.
func (w *walker) hears(words string) {
	w.Helper()
	w.holds("hear "+words, fmt.Sprintf("document.getElementById('log')?.innerText.includes(%q)", words))
}

// tap taps the last quick reply or button in the chat that says these words. Finding and clicking are one
// step: an answer that comes in between draws the quick replies anew.
func (w *walker) tap(words string) {
	w.Helper()
	w.holds("tap "+words, fmt.Sprintf(`(() => {
		const found = [...document.querySelectorAll("#log [data-tap], #quick [data-tap]")]
			.filter(e => (e.innerText + (e.getAttribute("aria-label") || "")).includes(%q)).pop();
		found?.click();
		return found !== undefined;
	})()`, words))
}

// say types a message and sends it.
func (w *walker) say(words string) {
	w.Helper()
	// In one go: what comes in between may put the keyboard away.
	w.script("say "+words, fmt.Sprintf(`[...document.querySelectorAll('[data-mode="keyboard"]')].filter(e => e.offsetParent).pop()?.click();
		document.querySelector("#text").value = %q; document.querySelector("button.send").click()`, words))
	w.hears(words)
}

// login enters the panel as one of the demo's staff.
func (w *walker) login(l democity.Login) {
	w.Helper()
	w.open("/admin/")
	if strings.Contains(w.words(), "ログアウト") { // somebody else sits here
		w.press("ログアウト")
		w.sees("パスワード")
	}
	w.do("log in", chromedp.SendKeys("#f-email", l.Email), chromedp.SendKeys("#f-password", l.Password))
	w.click("form.card button")
	w.sees("今週の配信") // at a desk and on a telephone, which folds the button to log out away
}

// fill types into the field with a name.
func (w *walker) fill(name, value string) {
	w.Helper()
	w.do("fill "+name, chromedp.SendKeys(`[name="`+name+`"]`, value))
}
