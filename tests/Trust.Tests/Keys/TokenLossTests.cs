using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Keys;
using Yinxin.Trust.Keys.Pkcs11;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Keys;

/// <summary>Many threads, few sessions, and a token that goes away.</summary>
[Collection(OneAfterTheOther.Name)]
public sealed class TokenLossTests : IAsyncLifetime
{
    private SoftToken token = null!;

    public async ValueTask InitializeAsync() => token = await SoftToken.CreateAsync();

    public ValueTask DisposeAsync()
    {
        token.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Many_threads_sign_over_few_sessions()
    {
        using var store = new Pkcs11KeyStore(token.Settings with { Sessions = 3, Wait = TimeSpan.FromSeconds(60) });
        var signers = Enumerable.Range(0, 4).Select(i => store.Create(SignatureAlgorithm.Es256, $"key {i}")).ToList();

        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            var signer = signers[i % signers.Count];
            byte[] data = [(byte)i, (byte)(i >> 8)];
            Assert.True(SignatureVerifier.Verify(signer.PublicKey.Span, SignatureSuite.International, data, signer.Sign(data)));
        });
    }

    [Fact]
    public void Whoever_waits_too_long_for_a_session_is_told_so()
    {
        using var store = new Pkcs11KeyStore(token.Settings with { Sessions = 1, Wait = TimeSpan.Zero });
        var signer = store.Create(SignatureAlgorithm.Es256, "busy");
        using var both = new Barrier(8);
        var codes = new System.Collections.Concurrent.ConcurrentBag<string>();

        // Eight threads and one session that nobody waits for: somebody comes too late, and is told by code.
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            both.SignalAndWait();
            for (var i = 0; i < 50; i++)
            {
                try
                {
                    signer.Sign([1]);
                }
                catch (KeyStoreException e)
                {
                    codes.Add(e.Code);
                }
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());

        Assert.Equal([KeyStoreException.Busy], codes.Distinct());
        Assert.NotEmpty(signer.Sign([1]));
    }

    [Fact]
    public void After_the_library_was_ended_by_somebody_else_signing_goes_on()
    {
        using var store = new Pkcs11KeyStore(token.Settings);
        var signer = store.Create(SignatureAlgorithm.Es256, "survivor");
        var module = Pkcs11Module.Acquire(token.Settings.Library);
        module.Reload(module.Generation);

        Assert.True(SignatureVerifier.Verify(signer.PublicKey.Span, SignatureSuite.International, [1], signer.Sign([1])));
        module.Release();
    }

    [Fact]
    public void A_token_that_is_away_fails_with_a_code_and_works_again_when_it_is_back()
    {
        using var store = new Pkcs11KeyStore(token.Settings);
        var signer = store.Create(SignatureAlgorithm.Es256, "traveller");
        token.Remove();
        var module = Pkcs11Module.Acquire(token.Settings.Library);
        module.Reload(module.Generation);

        Assert.Equal(KeyStoreException.Unavailable, Assert.Throws<KeyStoreException>(() => signer.Sign([1])).Code);
        Assert.Equal(KeyStoreException.Unavailable, Assert.Throws<KeyStoreException>(() => store.List()).Code);
        token.PutBack();
        Assert.True(SignatureVerifier.Verify(signer.PublicKey.Span, SignatureSuite.International, [1], signer.Sign([1])));
        module.Release();
    }

    [Fact]
    public void A_restart_in_the_middle_of_many_signatures_costs_none_of_them()
    {
        using var store = new Pkcs11KeyStore(token.Settings with { Sessions = 3, Wait = TimeSpan.FromSeconds(60) });
        using var other = new Pkcs11KeyStore(token.Settings with { Sessions = 2, Wait = TimeSpan.FromSeconds(60) });
        ISigner[] signers = [store.Create(SignatureAlgorithm.Es256, "a"), other.Create(SignatureAlgorithm.Es256, "b")];
        var module = Pkcs11Module.Acquire(token.Settings.Library);

        Parallel.For(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (i % 100 == 50)
            {
                module.Reload(module.Generation);
            }

            var signer = signers[i % 2];
            Assert.True(SignatureVerifier.Verify(signer.PublicKey.Span, SignatureSuite.International, [(byte)i], signer.Sign([(byte)i])));
        });
        module.Release();
    }

    [Fact]
    public async Task A_token_that_was_made_anew_has_lost_its_keys_and_says_so()
    {
        using var store = new Pkcs11KeyStore(token.Settings);
        var signer = store.Create(SignatureAlgorithm.Es256, "gone");
        var (code, output) = await Judge.RunAsync(
            "softhsm2-util", "--init-token", "--token", token.Settings.TokenLabel, "--label", token.Settings.TokenLabel, "--so-pin", "73519826", "--pin", SoftToken.Pin);
        Assert.True(code == 0, output);

        Assert.Equal(KeyStoreException.Unavailable, Assert.Throws<KeyStoreException>(() => signer.Sign([1])).Code);
        Assert.Null(store.Find(signer.KeyId));
        Assert.NotEmpty(store.Create(SignatureAlgorithm.Es256, "new").Sign([1]));
    }
}
