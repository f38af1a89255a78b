package admin

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"ippo/internal/lineview"
)

//go:embed static
var staticFiles embed.FS

// assets are the panel's style sheets, scripts and icons. Each is served under a name that holds its
// hash, so that browsers may keep it for ever and still get a new one after an update.
type assets struct {
	names map[string]string // lineview.css → lineview.1f2e3d4c.css
	files map[string]asset  // by hashed name
}

type asset struct {
	kind         string
	body, zipped []byte
}

func loadAssets() (*assets, error) {
	a := &assets{names: map[string]string{}, files: map[string]asset{}}
	err := fs.WalkDir(staticFiles, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := staticFiles.ReadFile(name)
		if err != nil {
			return err
		}
		return a.add(strings.TrimPrefix(name, "static/"), body)
	})
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	return a, a.add("lineview.css", []byte(lineview.Stylesheet()))
}

// assetKinds are the types of our files. Package mime would ask the machine, and a bare container or
// a Windows registry answers otherwise than this one.
var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
}

func (a *assets) add(name string, body []byte) error {
	ext := path.Ext(name)
	kind, ok := assetKinds[ext]
	if !ok {
		return fmt.Errorf("static file %s: unknown type", name)
	}
	sum := sha256.Sum256(body)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
	a.names[name] = hashed
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("zip %s: %w", name, err)
	}
	a.files[hashed] = asset{kind, body, zipped.Bytes()}
	return nil
}

// url returns a file's address, for templates. An unknown name is a mistake in a template.
func (a *assets) url(name string) (string, error) {
	hashed, ok := a.names[name]
	if !ok {
		return "", fmt.Errorf("no static file %q", name)
	}
	return "/admin/static/" + hashed, nil
}

func (a *assets) serve(c *gin.Context) {
	file, ok := a.files[strings.TrimPrefix(c.Param("file"), "/")]
	if !ok {
		c.Status(http.StatusNotFound)
		return
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Header("Vary", "Accept-Encoding")
	body := file.body
	if strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		c.Header("Content-Encoding", "gzip")
		body = file.zipped
	}
	c.Data(http.StatusOK, file.kind, body)
}
