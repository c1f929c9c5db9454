// Walks through an ACME server with golang.org/x/crypto/acme: account with an RSA key, names and an address in one order, http-01 and tls-alpn-01,
// key rollover, the list of what was issued judged by crypto/x509, revocation by the certificate's key, and the account's end.
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/crypto/acme"
)

var (
	directory = flag.String("directory", "", "")
	httpPort  = flag.String("http", "", "port of http-01")
	tlsPort   = flag.String("tls", "", "port of tls-alpn-01")
	root      = flag.String("root", "", "DER file of the root")
)

func main() {
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Second)
	defer cancel()
	if err := walk(ctx); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("walked")
}

func walk(ctx context.Context) error {
	first, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	client := &acme.Client{Key: first, DirectoryURL: *directory}
	account, err := client.Register(ctx, &acme.Account{Contact: []string{"mailto:keeper@example.test"}}, acme.AcceptTOS)
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	if _, err := client.Register(ctx, &acme.Account{}, acme.AcceptTOS); !errors.Is(err, acme.ErrAccountAlreadyExists) {
		return fmt.Errorf("the key has an account already: %v", err)
	}
	second, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return err
	}
	if err := client.AccountKeyRollover(ctx, second); err != nil {
		return fmt.Errorf("rollover: %w", err)
	}
	changed, err := client.GetReg(ctx, "")
	if err != nil || changed.URI != account.URI {
		return fmt.Errorf("after the rollover: %v %v", changed, err)
	}

	for _, kind := range []string{"http-01", "tls-alpn-01"} {
		key, chain, err := order(ctx, client, kind)
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		if err := verify(chain); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		if err := client.RevokeCert(ctx, key, chain[0], acme.CRLReasonKeyCompromise); err != nil {
			return fmt.Errorf("revoke: %w", err)
		}
	}
	if err := client.DeactivateReg(ctx); err != nil {
		return fmt.Errorf("deactivate: %w", err)
	}
	if _, err := client.AuthorizeOrder(ctx, acme.DomainIDs("go.example.test")); err == nil {
		return errors.New("a deactivated account orders")
	}
	return nil
}

func order(ctx context.Context, client *acme.Client, kind string) (crypto.Signer, [][]byte, error) {
	names := acme.DomainIDs("go.example.test", "www.go.example.test")
	if kind == "http-01" {
		names = append(names, acme.IPIDs("127.0.0.1")...)
	}
	order, err := client.AuthorizeOrder(ctx, names)
	if err != nil {
		return nil, nil, err
	}
	for _, address := range order.AuthzURLs {
		if err := prove(ctx, client, address, kind); err != nil {
			return nil, nil, err
		}
	}
	if order, err = client.WaitOrder(ctx, order.URI); err != nil {
		return nil, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.CertificateRequest{DNSNames: []string{"go.example.test", "www.go.example.test"}}
	if kind == "http-01" {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, template, key)
	if err != nil {
		return nil, nil, err
	}
	chain, _, err := client.CreateOrderCert(ctx, order.FinalizeURL, csr, true)
	return key, chain, err
}

func prove(ctx context.Context, client *acme.Client, address, kind string) error {
	authorization, err := client.GetAuthorization(ctx, address)
	if err != nil {
		return err
	}
	for _, challenge := range authorization.Challenges {
		if challenge.Type != kind {
			continue
		}
		stop, err := serve(client, challenge, authorization.Identifier.Value)
		if err != nil {
			return err
		}
		defer stop()
		if _, err := client.Accept(ctx, challenge); err != nil {
			return err
		}
		_, err = client.WaitAuthorization(ctx, address)
		return err
	}
	return errors.New("not offered: " + kind)
}

func serve(client *acme.Client, challenge *acme.Challenge, name string) (func(), error) {
	if challenge.Type == "http-01" {
		proof, err := client.HTTP01ChallengeResponse(challenge.Token)
		if err != nil {
			return nil, err
		}
		mux := http.NewServeMux()
		mux.HandleFunc(client.HTTP01ChallengePath(challenge.Token), func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(proof)) })
		listener, err := net.Listen("tcp", "127.0.0.1:"+*httpPort)
		if err != nil {
			return nil, err
		}
		server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
		go func() { _ = server.Serve(listener) }()
		return func() { _ = server.Close() }, nil
	}
	certificate, err := client.TLSALPN01ChallengeCert(challenge.Token, name)
	if err != nil {
		return nil, err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:"+*tlsPort, &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{acme.ALPNProto}, MinVersion: tls.VersionTLS12})
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_ = connection.(*tls.Conn).Handshake()
			_ = connection.Close()
		}
	}()
	return func() { _ = listener.Close() }, nil
}

func verify(chain [][]byte) error {
	der, err := os.ReadFile(*root)
	if err != nil {
		return err
	}
	anchor, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(anchor)
	leaf, err := x509.ParseCertificate(chain[0])
	if err != nil {
		return err
	}
	for _, der := range chain[1:] {
		issuer, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		between.AddCert(issuer)
	}
	_, err = leaf.Verify(x509.VerifyOptions{DNSName: "www.go.example.test", Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	return err
}
