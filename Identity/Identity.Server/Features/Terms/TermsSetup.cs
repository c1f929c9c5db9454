using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Terms;

internal static class TermsSetup
{
    public static void AddTerms(this WebApplicationBuilder builder) => builder.Services.AddValidatedOptions<OperatorSettings>(OperatorSettings.Section);
}
