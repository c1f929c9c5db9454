namespace Yinxin.Trust.TrustLists;

/// <summary>A trust list that is not relied on.</summary>
/// <param name="code">Stable: <c>trustList.size</c>, <c>.jws</c>, <c>.crit</c>, <c>.algorithm</c>, <c>.signer</c>, <c>.signature</c>, <c>.json</c>, <c>.member</c>, <c>.limit</c>, <c>.critical</c>, <c>.sequence</c>, <c>.future</c>, <c>.expired</c>, <c>.period</c>, <c>.territory</c>, <c>.scheme</c>.</param>
/// <param name="message">What is wrong, in English.</param>
/// <param name="inner">Where it came from.</param>
public sealed class TrustListException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable code.</summary>
    public string Code { get; } = code;
}
