package admin

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"
)

// openAPI describes the API (OpenAPI 3.1). A test holds it against the handlers.
//
//go:embed openapi.json
var openAPI []byte

// serveOpenAPI needs no token: it holds nothing of the center's.
func serveOpenAPI(c *gin.Context) {
	c.Data(http.StatusOK, "application/json; charset=utf-8", openAPI)
}
