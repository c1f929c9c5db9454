using System.Security.Cryptography;
using System.Text;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Log;

/// <summary>An SM2 note key, so that each checkpoint is signed in both suites.</summary>
public sealed class Sm2NoteSigner : INoteSigner
{
    private readonly ISigner signer;

    /// <summary>Signs with a key of the SM suite.</summary>
    /// <exception cref="CryptographicException">A key of another suite, or not a name.</exception>
    public Sm2NoteSigner(string name, ISigner signer)
    {
        this.signer = signer;
        Verifier = new NoteVerifier(name, NoteAlgorithm.Sm2, signer.PublicKey.Span);
    }

    /// <inheritdoc/>
    public NoteVerifier Verifier { get; }

    /// <inheritdoc/>
    public NoteSignature Sign(string text) => new(Verifier.Name, Verifier.KeyId, signer.Sign(Encoding.UTF8.GetBytes(text)));
}
