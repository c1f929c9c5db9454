using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Yinxin.Identity.Client.SignIn;

namespace Yinxin.Identity.Client.Assurance;

/// <summary>A page whose API wants more of the sign-in: to Identity and back, with what was typed kept. Minimal APIs have <see cref="StepUpResultHandler"/>.</summary>
internal sealed class StepUpFilter(StepUpChallenge challenge) : IAsyncExceptionFilter
{
    public async Task OnExceptionAsync(ExceptionContext context)
    {
        if (context.Exception is StepUpNeededException { Demand: var demand })
        {
            context.Result = new ChallengeResult(YinxinSignIn.ChallengeScheme, await challenge.PropertiesAsync(context.HttpContext, demand));
            context.ExceptionHandled = true;
        }
    }
}
