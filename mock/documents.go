package mock

import (
	"bytes"
	"net/http"
	"regexp"

	"github.com/plunkmock/plunkmock/fixtures"
)

const yamlType = "application/yaml; charset=utf-8"

// serversBlock is the servers of a document, up to the next key.
var serversBlock = regexp.MustCompile(`(?m)^servers:\n(?:[ -].*\n)+`)

// withServer returns a document in YAML with url as its only server.
func withServer(document []byte, url string) []byte {
	block := []byte("servers:\n  - url: " + url + "\n    description: This server\n")
	at := serversBlock.FindIndex(document)
	return bytes.Join([][]byte{document[:at[0]], block, document[at[1]:]}, nil)
}

func (s *Server) servePlunkYAML(w http.ResponseWriter, _ *http.Request) {
	s.serveDocument(w, &file{contentType: yamlType, body: withServer(fixtures.Plunk(), s.config.URL+"/v1")}, nil)
}

func (s *Server) servePlunkJSON(w http.ResponseWriter, _ *http.Request) {
	body, err := s.plunk.JSON(s.config.URL + "/v1")
	s.serveDocument(w, &file{contentType: jsonType[0], body: body}, err)
}

// serveDocument serves Plunk's document; tools in a browser may read it too.
func (s *Server) serveDocument(w http.ResponseWriter, f *file, err error) {
	w.Header()["Access-Control-Allow-Origin"] = anyOrigin
	s.write(w, http.StatusOK, f, err)
}

func (s *Server) getControlDocument(call, none) (*file, error) {
	return &file{contentType: yamlType, body: withServer(fixtures.Control(), s.config.URL+"/_mock")}, nil
}

func (s *Server) getControlDocumentJSON(call, none) (*file, error) {
	control, err := s.control()
	if err != nil {
		return nil, err
	}
	body, err := control.doc.JSON(s.config.URL + "/_mock")
	return &file{contentType: jsonType[0], body: body}, err
}
