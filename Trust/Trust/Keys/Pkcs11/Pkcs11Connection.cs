using System.Collections.Concurrent;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>A signed-in token with its sessions, good until the token or its library goes away. Used only inside <see cref="Pkcs11Module.Use"/>.</summary>
internal sealed class Pkcs11Connection
{
    private readonly ISlot slot;
    private readonly ConcurrentBag<ISession> idle = [];

    private Pkcs11Connection(ISlot slot, ISession first, int generation)
    {
        this.slot = slot;
        Generation = generation;
        idle.Add(first);
    }

    /// <summary>The library's generation in which the handles below are good.</summary>
    public int Generation { get; }

    /// <summary>Something worked on it: if not, signing in alone mends nothing.</summary>
    public bool Proven { get; set; }

    /// <summary>Handles of private keys by key id.</summary>
    public ConcurrentDictionary<string, IObjectHandle> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>Finds the token by its label, opens a session and signs in (the sign-in holds for every session of this process).</summary>
    public static Pkcs11Connection Open(IPkcs11Library library, int generation, Pkcs11Settings settings)
    {
        var slots = library.GetSlotList(SlotsType.WithTokenPresent).Where(s => s.GetTokenInfo() is { } t && t.Label == settings.TokenLabel && t.TokenFlags.TokenInitialized).ToList();
        if (slots.Count > 1)
        {
            throw new KeyStoreException(
                KeyStoreException.Unavailable, $"{slots.Count} tokens are called {settings.TokenLabel}; the label must be unique.", $"有 {slots.Count} 个令牌名为 {settings.TokenLabel}。");
        }

        var slot = slots.SingleOrDefault() ?? throw new Pkcs11Exception("C_GetSlotList", CKR.CKR_TOKEN_NOT_PRESENT);
        var session = slot.OpenSession(SessionType.ReadWrite);
        try
        {
            SignIn(session, settings.PinFile);
            return new Pkcs11Connection(slot, session, generation);
        }
        catch
        {
            Close(session);
            throw;
        }
    }

    public ISlot Slot => slot;

    /// <summary>Runs in a session of its own; a session in which something failed is closed, for an unfinished operation would spoil the next one.</summary>
    public T Run<T>(Func<ISession, T> work)
    {
        var session = idle.TryTake(out var free) ? free : slot.OpenSession(SessionType.ReadWrite);
        try
        {
            var result = work(session);
            Proven = true;
            idle.Add(session);
            return result;
        }
        catch
        {
            Close(session);
            throw;
        }
    }

    public void CloseAll()
    {
        while (idle.TryTake(out var session))
        {
            Close(session);
        }
    }

    private static void SignIn(ISession session, string pinFile)
    {
        var pin = ReadPin(pinFile);
        try
        {
            session.Login(CKU.CKU_USER, pin);
        }
        catch (Pkcs11Exception e) when (e.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // Another store of this process did.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    private static byte[] ReadPin(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var pin = bytes.AsSpan()[..(bytes.AsSpan().IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var end ? end : bytes.Length)].ToArray();
            CryptographicOperations.ZeroMemory(bytes);
            return pin;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyStoreException(KeyStoreException.PinRefused, $"The PIN file {path} cannot be read.", $"无法读取 PIN 文件 {path}。", e);
        }
    }

    private static void Close(ISession session)
    {
        try
        {
            session.Dispose();
        }
        catch (Pkcs11Exception)
        {
            // Gone with its token.
        }
    }
}
