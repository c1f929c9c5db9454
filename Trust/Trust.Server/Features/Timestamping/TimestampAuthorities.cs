using System.Collections.Concurrent;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.Trust.Server.Features.Timestamping;

/// <summary>The TSA of each suite, made anew when its key or its issuer's certificate changes.</summary>
internal sealed class TimestampAuthorities(AuthorityStore authorities, VouchedTime clock)
{
    private readonly ConcurrentDictionary<SignatureSuite, Ready> ready = new();

    public TimestampAuthority this[SignatureSuite suite]
    {
        get
        {
            var (tsa, issuer) = (authorities["timestamps", suite], authorities["tsa", suite]);
            if (ready.TryGetValue(suite, out var known) && ReferenceEquals(known.Tsa, tsa) && ReferenceEquals(known.Issuer, issuer))
            {
                return known.Authority;
            }

            var made = new Ready(tsa, issuer, new TimestampAuthority(tsa.Signer, [tsa.Certificate, issuer.Certificate], clock));
            ready[suite] = made;
            return made.Authority;
        }
    }

    private sealed record Ready(Authority Tsa, Authority Issuer, TimestampAuthority Authority);
}
