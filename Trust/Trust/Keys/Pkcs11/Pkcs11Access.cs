using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>Turns, sessions and sign-in: waits for a free session, runs, and after a loss of the token connects anew and runs once more.</summary>
internal sealed class Pkcs11Access : IDisposable
{
    private const int MostOvertaken = 20;
    private readonly Pkcs11Settings settings;
    private readonly Pkcs11Module module;
    private readonly SemaphoreSlim turns;
    private readonly Lock connecting = new();
    private Pkcs11Connection? current;
    private KeyStoreException? pinRefused;

    public Pkcs11Access(Pkcs11Settings settings)
    {
        this.settings = settings;
        turns = new SemaphoreSlim(settings.Sessions);
        module = Pkcs11Module.Acquire(settings.Library);
        try
        {
            Connect(lost: null, reload: false);
        }
        catch (Exception e)
        {
            Dispose();
            throw e is Pkcs11Exception p ? Failure(p) : e;
        }
    }

    public T Run<T>(Func<Pkcs11Connection, ISession, T> work)
    {
        if (!turns.Wait(settings.Wait))
        {
            throw new KeyStoreException(
                KeyStoreException.Busy, $"All {settings.Sessions} sessions of the token {settings.TokenLabel} are busy.", $"令牌 {settings.TokenLabel} 的会话全部占用。");
        }

        try
        {
            return RunTwice(work);
        }
        catch (Pkcs11Exception e)
        {
            throw Failure(e);
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose()
    {
        if (current is { } connection)
        {
            current = null;
            CloseQuietly(connection);
        }

        module.Release();
        turns.Dispose();
    }

    /// <summary>
    /// A loss of the token is worth one more try. That another store of this process loaded the library anew meanwhile is none: it costs a new sign-in and no try, or stores that mend
    /// the same loss would wear each other out.
    /// </summary>
    private T RunTwice<T>(Func<Pkcs11Connection, ISession, T> work)
    {
        var connection = current;
        var (tried, overtaken) = (false, 0);
        while (true)
        {
            try
            {
                if (Once(connection, work) is { } done)
                {
                    return done.Result;
                }
            }
            catch (Pkcs11Exception e) when (!tried && TokenLoss.Is(e.RV))
            {
                // A new sign-in mends a lost session. Anything worse, or a second loss in a row, means that the library's picture of the token is stale.
                tried = true;
                connection = Connect(connection, reload: !TokenLoss.OfSession(e.RV) || connection is not { Proven: true });
                continue;
            }

            if (++overtaken > MostOvertaken)
            {
                throw new Pkcs11Exception("C_OpenSession", CKR.CKR_SESSION_HANDLE_INVALID);
            }

            connection = Connect(connection, reload: false);
        }
    }

    /// <returns>Null when the library was loaded anew since the connection was made.</returns>
    private Done<T>? Once<T>(Pkcs11Connection? connection, Func<Pkcs11Connection, ISession, T> work) => module.Use(_ =>
        connection is null || connection.Generation != module.Generation ? null : new Done<T>(connection.Run(session => work(connection, session))));

    /// <summary>One thread connects; those that lost the same connection find the new one.</summary>
    private Pkcs11Connection Connect(Pkcs11Connection? lost, bool reload)
    {
        lock (connecting)
        {
            if (current is { } known && known != lost)
            {
                return known;
            }

            if (pinRefused is not null)
            {
                throw pinRefused;
            }

            current = null;
            if (lost is not null)
            {
                CloseQuietly(lost);
            }

            if (reload)
            {
                module.Reload(lost?.Generation ?? module.Generation);
            }

            return current = OpenOrReload();
        }
    }

    private Pkcs11Connection OpenOrReload()
    {
        var generation = module.Generation;
        try
        {
            return Open();
        }
        catch (Pkcs11Exception e) when (TokenLoss.Is(e.RV))
        {
            module.Reload(generation);
            return Open();
        }
    }

    private Pkcs11Connection Open()
    {
        try
        {
            return module.Use(library => Pkcs11Connection.Open(library, module.Generation, settings));
        }
        catch (Pkcs11Exception e) when (TokenLoss.OfPin(e.RV))
        {
            throw pinRefused = new KeyStoreException(
                KeyStoreException.PinRefused, $"The token {settings.TokenLabel} refused the PIN of {settings.PinFile} ({e.RV}).", $"令牌 {settings.TokenLabel} 拒绝了 PIN（{e.RV}）。", e);
        }
    }

    private void CloseQuietly(Pkcs11Connection connection)
    {
        try
        {
            // Handles of an earlier generation may be somebody else's by now: only our own are closed.
            module.Use(_ =>
            {
                if (connection.Generation == module.Generation)
                {
                    connection.CloseAll();
                }

                return true;
            });
        }
        catch (Pkcs11Exception)
        {
            // The library is not loaded: nothing is open.
        }
    }

    private KeyStoreException Failure(Pkcs11Exception e) => e.RV is CKR.CKR_MECHANISM_INVALID or CKR.CKR_MECHANISM_PARAM_INVALID
        ? new(KeyStoreException.NotSupported, $"The token {settings.TokenLabel} refused the mechanism ({e.Method}: {e.RV}).", $"令牌 {settings.TokenLabel} 不支持该机制（{e.RV}）。", e)
        : new(KeyStoreException.Unavailable, $"The token {settings.TokenLabel} does not answer ({e.Method}: {e.RV}).", $"令牌 {settings.TokenLabel} 不可用（{e.RV}）。", e);

    private sealed record Done<T>(T Result);
}
