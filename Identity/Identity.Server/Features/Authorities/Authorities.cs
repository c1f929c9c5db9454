using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>The police population library: do ID number, name, sex and ethnicity belong together?</summary>
internal sealed class PopulationRegister(HttpClient client)
{
    public static readonly Problem Unavailable = new(
        "identity.population.unavailable", 503,
        "人口库暂时无法连接。您填写的内容没有丢失，请稍后再次提交。",
        "The population register cannot be reached at the moment. Nothing you typed is lost; please submit it again in a while.");

    public Task<AuthorityAnswer> CheckAsync(string idNumber, string name, string sex, string ethnicity, CancellationToken cancellationToken) =>
        AuthorityAnswer.AskAsync(client, "population/v1/checks", new { idNumber, name, sex, ethnicity }, Unavailable, cancellationToken);
}

/// <summary>Market registration: does the organisation exist under this name, and is this person its legal representative?</summary>
internal sealed class MarketRegister(HttpClient client)
{
    public static readonly Problem Unavailable = new(
        "identity.market.unavailable", 503,
        "市场主体登记库暂时无法连接。您填写的内容没有丢失，请稍后再次提交。",
        "The market register cannot be reached at the moment. Nothing you typed is lost; please submit it again in a while.");

    public Task<AuthorityAnswer> CheckAsync(string uscc, string name, string representativeName, string representativeIdNumber, CancellationToken cancellationToken) =>
        AuthorityAnswer.AskAsync(
            client, "market/v1/checks", new { uscc, name, legalRepresentative = new { name = representativeName, idNumber = representativeIdNumber } }, Unavailable, cancellationToken);
}

/// <summary>The card network: does the card belong to this person with this phone?</summary>
internal sealed class BankCardNetwork(HttpClient client)
{
    public static readonly Problem Unavailable = new(
        "identity.bankCard.unavailable", 503,
        "银行卡核验暂时无法进行。您的等级没有变化，请稍后再试，或到政务服务大厅办理。",
        "Bank cards cannot be checked at the moment. Your level is unchanged; please try again in a while, or go to a service hall.");

    public Task<AuthorityAnswer> CheckAsync(string cardNumber, string name, string idNumber, string phone, CancellationToken cancellationToken) =>
        AuthorityAnswer.AskAsync(client, "bank-card/v1/checks", new { cardNumber, name, idNumber, phone }, Unavailable, cancellationToken);
}

/// <summary>Sends text messages.</summary>
internal sealed class SmsCarrier(HttpClient client)
{
    public static readonly Problem Unavailable = new(
        "identity.sms.unavailable", 503,
        "短信暂时无法发送。您填写的内容没有丢失，请稍后再次提交。",
        "Text messages cannot be sent at the moment. Nothing you typed is lost; please submit it again in a while.");

    public async Task SendAsync(string phone, string text, string purpose, CancellationToken cancellationToken)
    {
        using var response = await AuthorityAnswer.SendAsync(client, "sms/v1/messages", new { phone, text, purpose }, Unavailable, cancellationToken);
    }
}
