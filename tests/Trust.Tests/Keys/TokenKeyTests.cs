using System.Security.Cryptography;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Keys;
using Yinxin.Trust.Keys.Pkcs11;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Keys;

/// <summary>A real token (SoftHSM2) signs, openssl judges.</summary>
[Collection(OneAfterTheOther.Name)]
public sealed class TokenKeyTests : IAsyncLifetime
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-keys-");
    private SoftToken token = null!;
    private Pkcs11KeyStore store = null!;

    public async ValueTask InitializeAsync()
    {
        token = await SoftToken.CreateAsync();
        store = new Pkcs11KeyStore(token.Settings);
    }

    public ValueTask DisposeAsync()
    {
        store.Dispose();
        token.Dispose();
        directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(SignatureAlgorithm.Es256, "-sha256")]
    [InlineData(SignatureAlgorithm.Es384, "-sha384")]
    [InlineData(SignatureAlgorithm.Rs256, "-sha256")]
    [InlineData(SignatureAlgorithm.Ps256, "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32")]
    public async Task Openssl_accepts_what_the_token_signed_and_refuses_it_for_other_data(SignatureAlgorithm algorithm, string options)
    {
        var signer = store.Create(algorithm, "judged");
        var (key, data, signature) = await SaveAsync(signer);

        var (accepted, output) = await Judge.RunAsync("openssl", ["dgst", .. options.Split(' '), "-verify", key, "-signature", signature, data]);
        Assert.True(accepted == 0, output);
        await File.WriteAllTextAsync(data, "印信!");
        var (refused, _) = await Judge.RunAsync("openssl", ["dgst", .. options.Split(' '), "-verify", key, "-signature", signature, data]);
        Assert.NotEqual(0, refused);
    }

    [Fact]
    public async Task Openssl_accepts_the_tokens_Ed25519_and_refuses_it_for_other_data()
    {
        var (key, data, signature) = await SaveAsync(store.Create(SignatureAlgorithm.Ed25519, "judged"));
        string[] arguments = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key, "-in", data, "-sigfile", signature];

        var (accepted, output) = await Judge.RunAsync("openssl", arguments);
        Assert.True(accepted == 0, output);
        await File.WriteAllTextAsync(data, "印信!");
        var (refused, _) = await Judge.RunAsync("openssl", arguments);
        Assert.NotEqual(0, refused);
    }

    [Fact]
    public async Task A_certificate_from_a_token_is_accepted_by_openssl_under_its_root_and_by_no_other()
    {
        var rootKey = store.Create(SignatureAlgorithm.Es256, "root");
        var root = new CertificateIssuer(rootKey).Issue(TestPki.Content("root", rootKey, "Root"));
        var issuingKey = store.Create(SignatureAlgorithm.Es256, "issuing");
        var issuing = new CertificateIssuer(rootKey, root).Issue(TestPki.Content("issuing", issuingKey, "Issuing"));
        using var pki = new TestPki(SignatureSuite.International);
        var (rootFile, otherFile, file) = (Path("root.pem"), Path("other.pem"), Path("issuing.pem"));
        await File.WriteAllTextAsync(rootFile, PemEncoding.WriteString("CERTIFICATE", root.GetEncoded()));
        await File.WriteAllTextAsync(otherFile, PemEncoding.WriteString("CERTIFICATE", pki.Root.GetEncoded()));
        await File.WriteAllTextAsync(file, PemEncoding.WriteString("CERTIFICATE", issuing.GetEncoded()));

        var (accepted, output) = await Judge.RunAsync("openssl", "verify", "-CAfile", rootFile, file);
        Assert.True(accepted == 0, output);
        Assert.NotEqual(0, (await Judge.RunAsync("openssl", "verify", "-CAfile", otherFile, file)).ExitCode);
    }

    [Fact]
    public void A_key_is_found_listed_and_destroyed()
    {
        var signer = store.Create(SignatureAlgorithm.Es256, "documents-international");
        var found = store.Find(signer.KeyId);

        Assert.Equal(signer.PublicKey, found!.PublicKey);
        Assert.True(SignatureVerifier.Verify(signer.PublicKey.Span, SignatureSuite.International, [1], found.Sign([1])));
        Assert.Equal(new StoredKey(signer.KeyId, "documents-international", SignatureAlgorithm.Es256), Assert.Single(store.List()));
        Assert.True(store.Destroy(signer.KeyId));
        Assert.False(store.Destroy(signer.KeyId));
        Assert.Null(store.Find(signer.KeyId));
        Assert.Equal(KeyStoreException.Unavailable, Assert.Throws<KeyStoreException>(() => found.Sign([1])).Code);
    }

    [Fact]
    public void A_key_id_that_is_none_finds_nothing()
    {
        Assert.Null(store.Find(new string('0', 40)));
        Assert.Null(store.Find("../../etc/passwd"));
        Assert.False(store.Destroy(""));
    }

    [Fact]
    public void An_RSA_key_signs_in_the_way_that_is_asked_for_and_an_ECDSA_key_in_one_only()
    {
        var rsa = store.Create(SignatureAlgorithm.Ps256, "pss");
        var ecdsa = store.Create(SignatureAlgorithm.Es256, "ec");

        Assert.Equal(SignatureAlgorithm.Rs256, store.Find(rsa.KeyId)!.Algorithm);
        Assert.Equal(SignatureAlgorithm.Ps256, store.Find(rsa.KeyId, SignatureAlgorithm.Ps256)!.Algorithm);
        Assert.Equal(KeyStoreException.NotSupported, Assert.Throws<KeyStoreException>(() => store.Find(ecdsa.KeyId, SignatureAlgorithm.Ps256)).Code);
    }

    [Fact]
    public void SM2_without_a_vendors_numbers_is_refused_in_words_and_with_numbers_that_the_token_lacks_by_name()
    {
        var unset = Assert.Throws<KeyStoreException>(() => store.Create(SignatureAlgorithm.Sm2, "sm"));
        Assert.Equal(KeyStoreException.NotSupported, unset.Code);
        Assert.Contains("CKM_VENDOR_DEFINED", unset.Message, StringComparison.Ordinal);
        using var vendor = new Pkcs11KeyStore(token.Settings with { Sm2 = new VendorSm2(0x80000001, 0x80008001, 0x80008002) });
        var lacking = Assert.Throws<KeyStoreException>(() => vendor.Create(SignatureAlgorithm.Sm2, "sm"));
        Assert.Equal(KeyStoreException.NotSupported, lacking.Code);
        Assert.Contains("0x80008001", lacking.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_PIN_is_refused_once_and_never_written_into_the_message()
    {
        await File.WriteAllTextAsync(token.PinFile, "999999");

        // Another store of this process is signed in, and a token asks only the first one for the PIN.
        store.Dispose();
        var refused = Assert.Throws<KeyStoreException>(() => new Pkcs11KeyStore(token.Settings));
        await File.WriteAllTextAsync(token.PinFile, SoftToken.Pin);
        store = new Pkcs11KeyStore(token.Settings);

        Assert.Equal(KeyStoreException.PinRefused, refused.Code);
        Assert.DoesNotContain("999999", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(KeyStoreException.PinRefused, Assert.Throws<KeyStoreException>(() => new Pkcs11KeyStore(token.Settings with { PinFile = Path("none") })).Code);
    }

    [Fact]
    public void A_missing_token_or_library_is_named()
    {
        var token = Assert.Throws<KeyStoreException>(() => new Pkcs11KeyStore(this.token.Settings with { TokenLabel = "nobody" }));
        var library = Assert.Throws<KeyStoreException>(() => new Pkcs11KeyStore(this.token.Settings with { Library = Path("none.so") }));

        Assert.Equal((KeyStoreException.Unavailable, KeyStoreException.Unavailable), (token.Code, library.Code));
        Assert.Contains("nobody", token.Message, StringComparison.Ordinal);
        Assert.Contains("none.so", library.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_could_leave_the_token_is_refused()
    {
        var keyId = ExtractableKey.Make(token.Settings);

        Assert.Equal(KeyStoreException.Extractable, Assert.Throws<KeyStoreException>(() => store.Find(keyId)).Code);
    }

    [Fact]
    public void A_certificate_of_another_key_is_found_when_it_is_loaded()
    {
        var signer = store.Create(SignatureAlgorithm.Es256, "documents");
        using var pki = new TestPki(SignatureSuite.International);

        CertificateKeys.RequireMatch(signer, pki.Issue("department", signer));
        Assert.Equal(KeyStoreException.Mismatch, Assert.Throws<KeyStoreException>(() => CertificateKeys.RequireMatch(signer, pki.Issuing)).Code);
    }

    private async Task<(string Key, string Data, string Signature)> SaveAsync(ISigner signer)
    {
        var (key, data, signature) = (Path("key.pem"), Path("data"), Path("signature"));
        await File.WriteAllTextAsync(key, PemEncoding.WriteString("PUBLIC KEY", signer.PublicKey.Span));
        await File.WriteAllTextAsync(data, "印信");
        await File.WriteAllBytesAsync(signature, signer.Sign("印信"u8));
        return (key, data, signature);
    }

    private string Path(string name) => System.IO.Path.Combine(directory.FullName, name);
}
