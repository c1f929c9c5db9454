using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Raising.Alipay;

/// <summary>Sends the person to the provider, with a state that only this session can bring back.</summary>
[Authorize]
internal sealed class AlipayConsentModel(
    IdentityContext database, AlipayProvider provider, AuthorityKeys keys, OutsideSteps steps, AttemptBudget budget, SessionStore sessions, IOptions<AddressSettings> addresses) : RaisingPage(database, sessions)
{
    internal const string Callback = "/account/raise/alipay/callback";
    private const int PerPersonAndHour = 10;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private static readonly Problem TooMany = new(
        "identity.alipay.tooMany", 429, "尝试次数过多，请一小时后再试，或换一种方式。", "Too many tries. Please try again in an hour, or choose another way.");

    public Task OnGetAsync(CancellationToken cancellationToken) => PersonAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var person = await PersonAsync(cancellationToken);
        if (!keys.Knows(AlipayProvider.Self))
        {
            return Refuse("", AlipayProvider.Unavailable);
        }

        if (!budget.TryTake("alipay:" + person.Id, PerPersonAndHour))
        {
            return Refuse("", TooMany);
        }

        var step = await steps.BeginAsync(EvidenceKinds.AlipayAccount, User.SessionId()!.Value, person.Id, "consent", reference: null, ReturnUrl, Life, cancellationToken);
        return Redirect(provider.ConsentAddress(AddressSettings.Text(addresses.Value.Identity) + Callback, step.Id.ToString("N")));
    }
}
