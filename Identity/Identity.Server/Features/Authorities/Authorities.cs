using System.Net.Http.Json;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>The police population library: do ID number, name, sex and ethnicity belong together?</summary>
internal sealed class PopulationRegister(HttpClient client, SignedQuestions questions)
{
    public static readonly Problem Unavailable = new(
        "identity.population.unavailable", 503,
        "人口库暂时无法连接。您填写的内容没有丢失，请稍后再次提交。",
        "The population register cannot be reached at the moment. Nothing you typed is lost; please submit it again in a while.");

    public static readonly Authority Self = new("Population", "population", Unavailable);

    public Task<AuthorityAnswer> CheckAsync(string idNumber, string name, string sex, string ethnicity, CancellationToken cancellationToken) =>
        AuthorityAnswer.AskAsync(questions, Self, client, "population/v1/checks", new { idNumber, name, sex, ethnicity }, cancellationToken);
}

/// <summary>The card network: does the card belong to this person with this phone?</summary>
internal sealed class BankCardNetwork(HttpClient client, SignedQuestions questions)
{
    public static readonly Problem Unavailable = new(
        "identity.bankCard.unavailable", 503,
        "银行卡核验暂时无法进行。您的等级没有变化，请稍后再试，或到政务服务大厅办理。",
        "Bank cards cannot be checked at the moment. Your level is unchanged; please try again in a while, or go to a service hall.");

    public static readonly Authority Self = new("BankCard", "bank-card", Unavailable);

    /// <summary>How evidence names it.</summary>
    public const string Source = "unionpay";

    public Task<AuthorityAnswer> CheckAsync(string cardNumber, string name, string idNumber, string phone, CancellationToken cancellationToken) =>
        AuthorityAnswer.AskAsync(questions, Self, client, "bank-card/v1/checks", new { cardNumber, name, idNumber, phone }, cancellationToken);
}

/// <summary>The housing provident fund: does the account belong to this person?</summary>
internal sealed class HousingFund(HttpClient client, SignedQuestions questions)
{
    public static readonly Problem Unavailable = new(
        "identity.housingFund.unavailable", 503,
        "公积金账户核验暂时无法进行。您的等级没有变化，请稍后再试，或换一种方式。",
        "Housing-fund accounts cannot be checked at the moment. Your level is unchanged; please try again in a while, or choose another way.");

    public static readonly Authority Self = new("HousingFund", "housing-fund", Unavailable);

    public Task<AuthorityAnswer> CheckAsync(string account, string name, string idNumber, CancellationToken cancellationToken) =>
        AuthorityAnswer.AskAsync(questions, Self, client, "housing-fund/v1/checks", new { account, name, idNumber }, cancellationToken);
}

/// <summary>Alipay: the person agrees there; the code that comes back lets us ask once whether name and ID number are those of the account.</summary>
internal sealed class AlipayProvider(HttpClient client, SignedQuestions questions)
{
    public static readonly Problem Unavailable = new(
        "identity.alipay.unavailable", 503,
        "支付宝实名核验暂时无法进行。您的等级没有变化，请稍后再试，或换一种方式。",
        "Alipay cannot be asked at the moment. Your level is unchanged; please try again in a while, or choose another way.");

    public static readonly Authority Self = new("Alipay", "alipay", Unavailable);

    /// <summary>Where the person agrees.</summary>
    /// <param name="returnTo">Our callback, absolute.</param>
    /// <param name="state">Comes back with the code.</param>
    public string ConsentAddress(string returnTo, string state) =>
        $"{client.BaseAddress}alipay/authorize?app_id=yinxin-identity&scope=auth_user&redirect_uri={Uri.EscapeDataString(returnTo)}&state={Uri.EscapeDataString(state)}";

    public Task<AuthorityAnswer> CheckAsync(string authCode, string name, string idNumber, CancellationToken cancellationToken) =>
        AuthorityAnswer.AskAsync(questions, Self, client, "alipay/v1/identity", new { authCode, name, idNumber }, cancellationToken);
}

/// <summary>The mobile carriers: is the number registered to this person?</summary>
internal sealed class PhoneOwners(HttpClient client, SignedQuestions questions)
{
    public static readonly Problem Unavailable = new(
        "identity.carrier.unavailable", 503,
        "暂时无法核对手机号的机主。您填写的内容没有丢失，请稍后再次提交。",
        "The owner of the phone number cannot be checked at the moment. Nothing you typed is lost; please submit it again in a while.");

    public static readonly Authority Self = new("Carrier", "carrier", Unavailable);

    /// <summary>How evidence of a proved phone names its source; the carrier's answer is its receipt.</summary>
    public const string Source = "phone";

    public Task<AuthorityAnswer> CheckAsync(string phone, string name, string idNumber, CancellationToken cancellationToken) =>
        AuthorityAnswer.AskAsync(questions, Self, client, "carrier/v1/checks", new { phone, name, idNumber }, cancellationToken);
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
        HttpResponseMessage response;
        try
        {
            response = await client.PostAsJsonAsync("sms/v1/messages", new { phone, text, purpose }, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable.Exception();
        }

        using (response)
        {
            if (!response.IsSuccessStatusCode)
            {
                throw Unavailable.Exception();
            }
        }
    }
}
