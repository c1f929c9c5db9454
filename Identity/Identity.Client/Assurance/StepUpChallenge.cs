using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Yinxin.Identity.Client.Forms;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Client.Assurance;

/// <summary>From the demand of an API to a challenge for the person.</summary>
internal sealed class StepUpChallenge(KeptForms forms, TimeProvider time)
{
    /// <summary>The way to Identity, with the form kept.</summary>
    /// <exception cref="ProblemException">The sign-in already shows what the API asks for, and the API refuses all the same.</exception>
    public async Task<AuthenticationProperties> PropertiesAsync(HttpContext context, StepUpDemand demand) =>
        demand.IsMetBy(context.User, time.GetUtcNow())
            ? throw SignInEndpoints.LevelNotReached.Exception()
            : SignInProperties.For(await forms.AddressToReturnToAsync(context), demand);
}
