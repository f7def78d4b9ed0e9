// What a site would otherwise build in Go: registration and sign-in with duo-labs/webauthn behind
// net/http, everything in memory. Its routes and bodies are those that the visitors of the benchmark know.
//
//	server ORIGIN RP-ID       prints its port
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/duo-labs/webauthn/protocol"
	"github.com/duo-labs/webauthn/webauthn"
)

// A user with passkeys, in the terms of the library.
type user struct {
	handle      []byte
	externalID  string
	credentials []webauthn.Credential
}

func (u *user) WebAuthnID() []byte                         { return u.handle }
func (u *user) WebAuthnName() string                       { return u.externalID }
func (u *user) WebAuthnDisplayName() string                { return u.externalID }
func (u *user) WebAuthnIcon() string                       { return "" }
func (u *user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

// What a token stands for; each is taken once.
type entry struct {
	user     *user
	ceremony *webauthn.SessionData
}

type object map[string]interface{}

// The library's options with base64url for bytes, as the visitors read it.
type creationOptions struct {
	protocol.PublicKeyCredentialCreationOptions
	Challenge string `json:"challenge"`
	User      object `json:"user"`
}
type requestOptions struct {
	protocol.PublicKeyCredentialRequestOptions
	Challenge string `json:"challenge"`
}

type site struct {
	library *webauthn.WebAuthn

	mutex    sync.Mutex
	users    map[string]*user // by external id
	handles  map[string]*user
	sessions map[string]entry // by token
}

var errUnknownToken = errors.New("unknown token")

func encode(value []byte) string { return base64.RawURLEncoding.EncodeToString(value) }

func random() []byte {
	value := make([]byte, 32)
	if _, err := rand.Read(value); err != nil {
		panic(err)
	}
	return value
}

func (s *site) keep(e entry) string {
	token := encode(random())
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.sessions[token] = e
	return token
}

func (s *site) take(token string) (entry, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	e, found := s.sessions[token]
	delete(s.sessions, token)
	if !found {
		return entry{}, errUnknownToken
	}
	return e, nil
}

func (s *site) userToken(externalID string) string {
	s.mutex.Lock()
	u := s.users[externalID]
	if u == nil {
		u = &user{handle: random(), externalID: externalID}
		s.users[externalID] = u
		s.handles[string(u.handle)] = u
	}
	s.mutex.Unlock()
	return s.keep(entry{user: u})
}

// What a page or a site sends; each call uses its part.
type body struct {
	ExternalID string          `json:"external_id"`
	Token      string          `json:"token"`
	Ceremony   string          `json:"ceremony"`
	Credential json.RawMessage `json:"credential"`
}

func (s *site) answer(call, bearer string, b body) (object, error) {
	switch call {
	case "user-token":
		return object{"user_token": s.userToken(b.ExternalID)}, nil
	case "session-token":
		return object{"session_token": s.keep(entry{})}, nil
	case "begin_registration":
		e, err := s.take(bearer)
		if err != nil {
			return nil, err
		}
		options, ceremony, err := s.library.BeginRegistration(e.user)
		if err != nil {
			return nil, err
		}
		return object{"ceremony": s.keep(entry{e.user, ceremony}), "publicKey": creationOptions{
			options.Response, ceremony.Challenge,
			object{"id": encode(e.user.handle), "name": e.user.externalID, "displayName": e.user.externalID},
		}}, nil
	case "finish_registration":
		return object{}, s.finishRegistration(b)
	case "begin_authentication":
		if _, err := s.take(bearer); err != nil {
			return nil, err
		}
		options, ceremony, err := s.library.BeginDiscoverableLogin()
		if err != nil {
			return nil, err
		}
		return object{"ceremony": s.keep(entry{nil, ceremony}),
			"publicKey": requestOptions{options.Response, ceremony.Challenge}}, nil
	case "finish_authentication":
		return s.finishAuthentication(b)
	case "verify-auth":
		e, err := s.take(b.Token)
		if err != nil {
			return nil, err
		}
		return object{"verified": true, "user": object{"external_id": e.user.externalID}}, nil
	}
	return nil, errors.New("no such call")
}

func (s *site) finishRegistration(b body) error {
	e, err := s.take(b.Ceremony)
	if err != nil {
		return err
	}
	response, err := protocol.ParseCredentialCreationResponseBody(bytes.NewReader(b.Credential))
	if err != nil {
		return err
	}
	credential, err := s.library.CreateCredential(e.user, *e.ceremony, response)
	if err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	e.user.credentials = append(e.user.credentials, *credential)
	return nil
}

func (s *site) finishAuthentication(b body) (object, error) {
	e, err := s.take(b.Ceremony)
	if err != nil {
		return nil, err
	}
	response, err := protocol.ParseCredentialRequestResponseBody(bytes.NewReader(b.Credential))
	if err != nil {
		return nil, err
	}
	var who *user
	find := func(_, handle []byte) (webauthn.User, error) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		if who = s.handles[string(handle)]; who == nil {
			return nil, errors.New("unknown user")
		}
		return who, nil
	}
	if _, err := s.library.ValidateDiscoverableLogin(find, *e.ceremony, response); err != nil {
		return nil, err
	}
	return object{"auth_token": s.keep(entry{user: who}), "user": object{"external_id": who.externalID}}, nil
}

func (s *site) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	var b body
	if request.ContentLength > 0 {
		if err := json.NewDecoder(request.Body).Decode(&b); err != nil {
			http.Error(writer, "bad JSON", http.StatusBadRequest)
			return
		}
	}
	call := strings.TrimPrefix(request.URL.Path, "/api/v1/")
	bearer := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
	answer, err := s.answer(call, bearer, b)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	writer.Header().Set("Content-Type", "application/json")
	writer.Header().Set("Content-Length", fmt.Sprint(len(text)))
	if _, err := writer.Write(text); err != nil {
		log.Print(err)
	}
}

func main() {
	required := true
	library, err := webauthn.New(&webauthn.Config{
		RPDisplayName: "Site", RPOrigin: os.Args[1], RPID: os.Args[2],
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &required, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, &site{library: library, users: map[string]*user{},
		handles: map[string]*user{}, sessions: map[string]entry{}}))
}
