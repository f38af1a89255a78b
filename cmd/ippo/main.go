// Command ippo is a LINE Official Account bot and staff panel for a civic collaboration center.
//
// Start at newRootCommand: one file per command. This is the only package that reads the
// environment, opens things, wires them together and closes them in reverse.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/gin-gonic/gin"

	"ippo"
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// Once the first signal has begun the drain, a second one ends the process at once.
	context.AfterFunc(ctx, stop)

	root := newRootCommand(os.Getenv)
	err := root.ExecuteContext(ctx)
	if err != nil {
		report(os.Stderr, err)
	}
	os.Exit(exitCode(err))
}

// Exit codes, for scripts. They are part of the product: add, never change.
const (
	exitOK      = 0
	exitFailed  = 1 // something went wrong that trying again may mend
	exitUsage   = 2 // the command line or a setting is wrong
	exitData    = 3 // the data given has problems; nothing was changed
	exitRunning = 4 // another ippo has the data folder
)

// usageError is a command line that cannot be carried out, said for the person who typed it.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

// settingsError is everything wrong with the environment; fields are names of variables.
type settingsError struct{ ippo.Problems }

// dataError is data that was refused; what is wrong with it has been said already.
type dataError struct{ message string }

func (e dataError) Error() string { return e.message }

// errRunning: another process holds the data folder's lock.
var errRunning = errors.New("another ippo uses this data folder")

func exitCode(err error) int {
	var (
		usage    usageError
		settings settingsError
		data     dataError
		problems ippo.Problems
	)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage), errors.As(err, &settings), errors.As(err, &problems):
		return exitUsage
	case errors.As(err, &data):
		return exitData
	case errors.Is(err, errRunning):
		return exitRunning
	}
	return exitFailed
}

// report says to whoever typed the command what went wrong, one line for each thing to put right.
func report(w io.Writer, err error) {
	var (
		usage    usageError
		settings settingsError
		data     dataError
		unsound  unsoundError
		problems ippo.Problems
	)
	switch {
	case errors.As(err, &usage):
		fmt.Fprintln(w, usage)
	case errors.As(err, &data):
		fmt.Fprintln(w, data)
	case errors.As(err, &unsound):
		fmt.Fprintln(w, unsound)
	case errors.As(err, &settings):
		fmt.Fprintln(w, "設定を直してから、もう一度始めてください。")
		for _, p := range settings.Problems {
			fmt.Fprintf(w, "  %s: %s\n", p.Field, p.Message)
		}
	case errors.As(err, &problems):
		for _, p := range problems {
			fmt.Fprintln(w, p.Message)
		}
	case errors.Is(err, errRunning):
		fmt.Fprintln(w, "このデータフォルダーは、ほかの ippo が使っています。先にそちらを止めるか、IPPO_DATA で別のフォルダーを指定してください。")
		fmt.Fprintf(w, "（%v）\n", err)
	default:
		fmt.Fprintf(w, "できませんでした: %v\n", err)
	}
}
