namespace Yinxin.Launch.Platform;

/// <summary>How one platform is to run: where its files lie, where it listens, what it stores in.</summary>
public sealed record PlatformOptions
{
    public const int DefaultPort = 7100;

    public required string DataDirectory { get; init; }

    /// <summary>First of nine consecutive ports.</summary>
    public int BasePort { get; init; } = DefaultPort;

    /// <summary>Host name in every address. <c>localhost</c>, because passkeys are bound to a name and not to a number.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>Certificate of <see cref="Host"/>; any host but loopback needs one, and with one loopback is HTTPS as well.</summary>
    public string? CertificatePath { get; init; }

    public string? CertificateKeyPath { get; init; }

    public string? CertificatePassword { get; init; }

    /// <summary>Roots that the apps trust when they call each other, where the system does not know the certificate's.</summary>
    public string? TrustedRootsPath { get; init; }

    /// <summary>The platform's own CA issues the certificate.</summary>
    public bool OwnCertificate { get; init; }

    public bool Https => CertificatePath is not null;

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    public string DatabaseProvider { get; init; } = "sqlite";

    /// <summary>PostgreSQL connection without a database: each app gets one of its own, <c>yinxin_identity</c> and so on.</summary>
    public string? Connection { get; init; }

    /// <summary>Prefix of the database names, so that several platforms share one server.</summary>
    public string DatabasePrefix { get; init; } = "yinxin";

    /// <summary>Settings for single apps that override the rest: app name, key, value.</summary>
    public IReadOnlyList<(string App, string Key, string? Value)> Overrides { get; init; } = [];

    /// <summary>Registers the native app that the demo drives (first party, public, loopback redirect).</summary>
    public bool DemoClient { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>What else hears the log of every app, besides the console.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
