using Microsoft.AspNetCore.Identity;

namespace Yinxin.Identity.Server.Data;

internal static class AccountSetup
{
    /// <summary>ASP.NET Core Identity over our accounts: password hashing, passkeys. Sessions and lockout are our own.</summary>
    public static void AddAccounts(this WebApplicationBuilder builder) =>
        builder.Services.AddIdentityOptions().AddEntityFrameworkStores<IdentityContext>().AddSignInManager();

    public static IdentityBuilder AddIdentityOptions(this IServiceCollection services) => services.AddIdentityCore<Account>(options =>
    {
        options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
        options.User.AllowedUserNameCharacters = "";
    });
}
