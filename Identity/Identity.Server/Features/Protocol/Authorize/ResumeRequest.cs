using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>Puts a request that returns from the sign-in pages in place of the address it came with; nothing else of that address counts.</summary>
internal sealed class ResumeRequest(AuthorizationTransactions transactions) : IOpenIddictServerHandler<ExtractAuthorizationRequestContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<ExtractAuthorizationRequestContext>()
        .UseSingletonHandler<ResumeRequest>()
        .SetOrder(int.MaxValue - 100_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(ExtractAuthorizationRequestContext context)
    {
        if ((string?)context.Request?[AuthorizationTransactions.Parameter] is not { } text)
        {
            return ValueTask.CompletedTask;
        }

        if (transactions.Open(text) is not { } transaction)
        {
            context.Reject(OpenIddictConstants.Errors.InvalidRequest, "The sign-in took too long. Please start again at the service.");
            return ValueTask.CompletedTask;
        }

        var declined = AuthorizationFacts.Declines.Where(name => (string?)context.Request[name] is not null).ToList();
        context.Request = AuthorizationTransactions.RequestOf(transaction);
        context.Transaction.SetProperty(nameof(AuthorizationTransaction), transaction);
        foreach (var name in declined)
        {
            context.Transaction.SetProperty(name, name);
        }

        return ValueTask.CompletedTask;
    }
}
