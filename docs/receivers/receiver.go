// Receives the events of a watcher webhook, and refuses what is not signed with the secret in $WEBHOOK_SECRET_FILE.
// Only the standard library is used.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

type event struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Subject string `json:"subject"`
	Data    struct {
		Summary string `json:"summary"`
	} `json:"data"`
}

func isGenuine(key []byte, header http.Header, body []byte) bool {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.", id, timestamp)
	mac.Write(body)
	for _, given := range strings.Fields(header.Get("webhook-signature")) {
		if hmac.Equal([]byte(given), []byte("v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))) {
			return true
		}
	}
	return false
}

func main() {
	secret, err := os.ReadFile(os.Getenv("WEBHOOK_SECRET_FILE"))
	if err != nil {
		log.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(strings.TrimSpace(string(secret)), "whsec_"))
	if err != nil || len(key) < 24 {
		log.Fatal("not a secret, whsec_ and base64 of 24 bytes or more: ", os.Getenv("WEBHOOK_SECRET_FILE"))
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil || !isGenuine(key, r.Header, body) {
			http.Error(w, "not signed with our secret", http.StatusUnauthorized)
			return
		}
		var e event
		if err := json.Unmarshal(body, &e); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		// The same event may come twice, with the same id: remember ids, or do what can be done twice.
		fmt.Println(e.ID, e.Type, e.Subject, e.Data.Summary)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
}
