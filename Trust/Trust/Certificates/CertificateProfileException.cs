namespace Yinxin.Trust.Certificates;

/// <summary>A certificate profile that cannot be used.</summary>
/// <param name="file">The file's name.</param>
/// <param name="member">Where in the file, e.g. <c>keyUsage</c>.</param>
/// <param name="message">What is wrong, in English.</param>
/// <param name="inner">Where it came from.</param>
public sealed class CertificateProfileException(string file, string member, string message, Exception? inner = null) : Exception($"{file}: {member}: {message}", inner)
{
    /// <summary>The file's name.</summary>
    public string File { get; } = file;

    /// <summary>Where in the file.</summary>
    public string Member { get; } = member;
}
