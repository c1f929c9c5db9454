using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>
/// A loaded PKCS#11 library. It is one for the whole process, whatever number of stores use it: to end it (C_Finalize) while another
/// thread is inside would crash, and would close the sessions of the others. So users enter as readers, and a reload waits for them.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The lock outlives the last user, so that a late reader finds it.")]
internal sealed class Pkcs11Module
{
    private static readonly TimeSpan LongestReloadWait = TimeSpan.FromSeconds(30);
    private static readonly Dictionary<string, Pkcs11Module> Loaded = new(StringComparer.Ordinal);
    private static readonly Lock Loading = new();
    private static readonly Pkcs11InteropFactories Factories = new();
    private readonly ReaderWriterLockSlim gate = new();
    private readonly string path;
    private IPkcs11Library? library;
    private int users;

    private Pkcs11Module(string path) => this.path = path;

    /// <summary>Grows with every reload; handles of an earlier generation may by now belong to somebody else.</summary>
    public int Generation { get; private set; }

    public static Pkcs11Module Acquire(string path)
    {
        lock (Loading)
        {
            if (!Loaded.TryGetValue(path, out var module))
            {
                module = new Pkcs11Module(path);
                module.Load();
                Loaded[path] = module;
            }

            module.users++;
            return module;
        }
    }

    public void Release()
    {
        lock (Loading)
        {
            if (--users > 0)
            {
                return;
            }

            Loaded.Remove(path);
            gate.EnterWriteLock();
            library?.Dispose();
            library = null;
            gate.ExitWriteLock();
        }
    }

    /// <summary>Runs with the library, which stays loaded meanwhile.</summary>
    public T Use<T>(Func<IPkcs11Library, T> work)
    {
        gate.EnterReadLock();
        try
        {
            return work(library ?? throw new Pkcs11Exception("C_Initialize", CKR.CKR_CRYPTOKI_NOT_INITIALIZED));
        }
        finally
        {
            gate.ExitReadLock();
        }
    }

    /// <summary>Ends and loads the library anew, unless somebody did so since this generation.</summary>
    public void Reload(int generation)
    {
        if (!gate.TryEnterWriteLock(LongestReloadWait))
        {
            throw new Pkcs11Exception("C_Finalize", CKR.CKR_FUNCTION_FAILED);
        }

        try
        {
            if (Generation == generation)
            {
                library?.Dispose();
                library = null;
                Load();
            }
        }
        finally
        {
            gate.ExitWriteLock();
        }
    }

    private void Load()
    {
        DynamicLoader.Prepare();
        try
        {
            library = Factories.Pkcs11LibraryFactory.LoadPkcs11Library(Factories, path, AppType.MultiThreaded);
            Generation++;
        }
        catch (Exception e) when (e is UnmanagedException or Pkcs11Exception or LibraryArchitectureException)
        {
            throw new KeyStoreException(
                KeyStoreException.Unavailable, $"The PKCS#11 library {path} cannot be loaded: {e.Message}", $"无法加载 PKCS#11 库 {path}。", e);
        }
    }
}
