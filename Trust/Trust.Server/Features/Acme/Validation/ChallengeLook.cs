using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Features.Acme.Authorizations;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Validation;

/// <summary>One look at a proof, over the wire and within its time.</summary>
internal sealed class ChallengeLook(HttpProof http, TlsProof tls, IOptions<AcmeSettings> settings, TimeProvider time)
{
    /// <returns>What is wrong, or null. Of what a stranger's server sent nothing is repeated: the answer would be a window into the networks that we can reach.</returns>
    public async Task<AcmeProblem?> LookAsync(ChallengeUnderLook challenge, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(settings.Value.LookTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await (challenge.Type == ChallengeTypes.Http ? http.LookAsync(challenge, both.Token) : tls.LookAsync(challenge, both.Token));
        }
        catch (AcmeException e)
        {
            return e.Problem;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return e switch
            {
                OperationCanceledException => AcmeProblem.Of(AcmeErrorKind.Connection, "No whole answer came in time."),
                _ when Inner<AcmeException>(e) is { } refused => refused.Problem,
                _ when Inner<AuthenticationException>(e) is not null => AcmeProblem.Of(AcmeErrorKind.Tls, "The TLS handshake failed."),
                _ when Inner<SocketException>(e) is { } socket => AcmeProblem.Of(AcmeErrorKind.Connection, $"The connection failed: {socket.SocketErrorCode}."),
                _ => AcmeProblem.Of(AcmeErrorKind.Connection, "The answer is no HTTP, too large, or broken off."),
            };
        }
    }

    private static T? Inner<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
