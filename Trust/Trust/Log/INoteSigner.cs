namespace Yinxin.Trust.Log;

/// <summary>A note key's private half.</summary>
public interface INoteSigner
{
    /// <summary>The public half.</summary>
    NoteVerifier Verifier { get; }

    /// <summary>Signs a text that ends with a newline. Safe for concurrent use.</summary>
    NoteSignature Sign(string text);
}
