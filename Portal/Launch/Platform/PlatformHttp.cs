using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Launch.Platform;

/// <summary>The launcher's own calls to the apps, with the roots that these trust.</summary>
internal static class PlatformHttp
{
    public static HttpClient Client(PlatformOptions options) =>
        new(TrustedRoots.Handler(new AppSettings { TrustedRootsPath = options.TrustedRootsPath }) ?? new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(30) };
}
