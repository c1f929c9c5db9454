// The judge proves a tiled transparency log with Go's own implementation (golang.org/x/mod/sumdb/note and tlog), which shares no line with ours:
// the checkpoint's signature and cosignatures, every entry's inclusion by the tiles, every older tree's consistency, and the proofs that the server computes.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

var client = &http.Client{Timeout: 20 * time.Second}

func main() {
	log := flag.String("log", "", "URL prefix of the log")
	api := flag.String("api", "", "URL prefix of the server's own proofs; empty for none")
	key := flag.String("key", "", "the log's Ed25519 note key")
	witness := flag.String("witness", "", "note key of a witness that must have cosigned; empty for none")
	old := flag.String("old", "", "file with a checkpoint kept from before; empty for none")
	flag.Parse()
	report, err := judge(*log, *api, *key, *witness, *old)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(report)
}

type report struct {
	Origin  string   `json:"origin"`
	Size    int64    `json:"size"`
	Entries int64    `json:"entries"`
	Trees   int64    `json:"trees"`
	Signed  []string `json:"signed"`
	Kinds   []string `json:"kinds"`
}

func judge(log, api, key, witness, old string) (*report, error) {
	verifiers, err := known(key, witness)
	if err != nil {
		return nil, err
	}
	text, err := get(log + "/checkpoint")
	if err != nil {
		return nil, err
	}
	origin, tree, signed, err := open(text, verifiers)
	if err != nil {
		return nil, err
	}
	if witness != "" && len(signed) != 2 {
		return nil, fmt.Errorf("signed by %v only", signed)
	}
	reader := tlog.TileHashReader(tree, &tiles{log})
	result := &report{Origin: origin, Size: tree.N, Signed: signed}
	if err := entries(log, tree, reader, result); err != nil {
		return nil, err
	}
	for size := int64(1); size <= tree.N; size++ {
		root, err := tlog.TreeHash(size, reader)
		if err != nil {
			return nil, err
		}
		proof, err := tlog.ProveTree(tree.N, size, reader)
		if err != nil {
			return nil, err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, root); err != nil {
			return nil, fmt.Errorf("tree of %d: %v", size, err)
		}
		result.Trees++
	}
	if old != "" {
		if err := extends(old, tree, reader, verifiers); err != nil {
			return nil, err
		}
	}
	if api != "" {
		if err := served(api, tree.N, reader, verifiers); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// entries proves each entry of the bundles to be in the tree.
func entries(log string, tree tlog.Tree, reader tlog.HashReader, result *report) error {
	seen := map[string]bool{}
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		tile := tlog.Tile{H: tileHeight, L: -1, N: first >> tileHeight, W: 1 << tileHeight}
		if tree.N-first < 1<<tileHeight {
			tile.W = int(tree.N - first)
		}
		bundle, err := get(log + "/" + path(tile))
		if err != nil {
			return err
		}
		for i := first; i < first+int64(tile.W); i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("entry %d is cut off", i)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			entry := bundle[2 : 2+length]
			bundle = bundle[2+length:]
			proof, err := tlog.ProveRecord(tree.N, i, reader)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("entry %d: %v", i, err)
			}
			var content struct{ Kind string }
			if json.Unmarshal(entry, &content) == nil && !seen[content.Kind] {
				seen[content.Kind] = true
				result.Kinds = append(result.Kinds, content.Kind)
			}
			result.Entries++
		}
		if len(bundle) > 0 {
			return fmt.Errorf("%s has more than its entries", path(tile))
		}
	}
	return nil
}

// extends proves that a checkpoint kept from before is the beginning of the tree.
func extends(file string, tree tlog.Tree, reader tlog.HashReader, verifiers note.Verifiers) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, before, _, err := open(text, verifiers)
	if err != nil {
		return err
	}
	if before.N > tree.N {
		return fmt.Errorf("the log has shrunk from %d to %d", before.N, tree.N)
	}
	proof, err := tlog.ProveTree(tree.N, before.N, reader)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash)
}

// served checks the proofs that the server computes for those who will not read tiles.
func served(api string, size int64, reader tlog.HashReader, verifiers note.Verifiers) error {
	for _, i := range []int64{0, size / 3, size / 2, size - 1} {
		var answer struct {
			Entry, Checkpoint string
			Proof             []string // tlog.Hash does not undo JSON's escapes
		}
		if err := getJSON(fmt.Sprintf("%s/proofs?index=%d", api, i), &answer); err != nil {
			return err
		}
		_, tree, _, err := open([]byte(answer.Checkpoint), verifiers)
		if err != nil {
			return err
		}
		proof, err := hashes(answer.Proof)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, tlog.RecordHash([]byte(answer.Entry))); err != nil {
			return fmt.Errorf("served proof of entry %d: %v", i, err)
		}
		root, err := tlog.TreeHash(i+1, reader)
		if err != nil {
			return err
		}
		if err := getJSON(fmt.Sprintf("%s/consistency?from=%d", api, i+1), &answer); err != nil {
			return err
		}
		if _, tree, _, err = open([]byte(answer.Checkpoint), verifiers); err != nil {
			return err
		}
		if proof, err = hashes(answer.Proof); err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, i+1, root); err != nil {
			return fmt.Errorf("served proof from %d: %v", i+1, err)
		}
	}
	return nil
}

func hashes(texts []string) (hashes []tlog.Hash, err error) {
	for _, text := range texts {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func open(text []byte, verifiers note.Verifiers) (origin string, tree tlog.Tree, signed []string, err error) {
	opened, err := note.Open(text, verifiers)
	if err != nil {
		return "", tree, nil, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 {
		return "", tree, nil, fmt.Errorf("not a checkpoint: %q", opened.Text)
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return "", tree, nil, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	for _, signature := range opened.Sigs {
		signed = append(signed, signature.Name)
	}
	return lines[0], tree, signed, err
}

func known(key, witness string) (note.Verifiers, error) {
	log, err := note.NewVerifier(key)
	if err != nil || witness == "" {
		return note.VerifierList(log), err
	}
	cosigner, err := newCosigner(witness)
	return note.VerifierList(log, cosigner), err
}

// cosigner verifies cosignature/v1 (c2sp.org/tlog-cosignature), which sumdb does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("not a key: %s", vkey)
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, fmt.Errorf("not a witness key: %s", vkey)
	}
	return &cosigner{parts[0], uint32(hash), key[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}

// tiles reads tiles by the paths of c2sp.org/tlog-tiles, which leave out the height.
type tiles struct{ log string }

func (t *tiles) Height() int { return tileHeight }

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t *tiles) ReadTiles(wanted []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range wanted {
		content, err := get(t.log + "/" + path(tile))
		if err != nil {
			return nil, err
		}
		data = append(data, content)
	}
	return data, nil
}

func path(tile tlog.Tile) string {
	parts := strings.SplitN(tile.Path(), "/", 3)
	return "tile/" + strings.Replace(parts[2], "data/", "entries/", 1)
}

func get(url string) ([]byte, error) {
	response, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, 32<<20))
}

func getJSON(url string, target interface{}) error {
	content, err := get(url)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, target)
}
