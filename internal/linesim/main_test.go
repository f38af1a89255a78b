package linesim

import (
	"os"
	"testing"

	"ippo/internal/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }
