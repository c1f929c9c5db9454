using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>The wrapper asks for <c>libdl</c>; glibc systems without development packages have it only under its versioned name.</summary>
internal static class DynamicLoader
{
    private static readonly Lazy<bool> Told = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(Pkcs11Exception).Assembly, static (name, assembly, _) =>
            name == "libdl" && OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libdl.so.2", out var handle) ? handle : IntPtr.Zero);
        return true;
    });

    /// <summary>Once before the first library is loaded.</summary>
    public static void Prepare() => _ = Told.Value;
}
