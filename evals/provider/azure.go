package provider

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/sashabaranov/go-openai"

	"promptlib/evals"
)

var azure = &Provider{
	Name: "azure",
	Doc:  "Azure OpenAI, as a provider of kind azure in .promptlib/config.yaml says: NAME/DEPLOYMENT",
	Open: func(o Options) (evals.Model, error) {
		if o.BaseURL == "" || o.APIVersion == "" {
			return evals.Model{}, errors.New("azure needs a base_url and an api_version; state them as a provider of kind azure in .promptlib/config.yaml")
		}
		if o.Model == "" {
			return evals.Model{}, fmt.Errorf("the %s provider needs the name of a model: write --model %s/NAME", o.Name, o.Name)
		}
		base, err := parseBase(o.BaseURL)
		if err != nil {
			return evals.Model{}, err
		}
		if path, _, ok := strings.Cut(base.Path+"/", "/openai/"); ok {
			return evals.Model{}, fmt.Errorf("base URL %q has the path /openai in it, which is added to it; end it before", withoutSecrets(base.Scheme+"://"+base.Host+path+"/openai"))
		}
		o.Key = strings.TrimSpace(o.Key)
		if o.Key == "" {
			return evals.Model{}, fmt.Errorf("%w for %s: %s", ErrNoKey, base.Host, cmp.Or(o.NoKey, "it is not set"))
		}
		deployment := cmp.Or(o.Deployment, o.Model)
		if !azureName.MatchString(deployment) {
			return evals.Model{}, fmt.Errorf("%q is no name of an Azure deployment; name it as deployment in .promptlib/config.yaml", deployment)
		}
		config := openai.DefaultAzureConfig(o.Key, strings.TrimRight(base.String(), "/"))
		config.APIVersion = o.APIVersion
		config.AzureModelMapperFunc = func(string) string { return deployment }
		// Replies of another deployment or version are those of another model.
		endpoint := config.BaseURL + "/openai/deployments/" + deployment + "?api-version=" + url.QueryEscape(o.APIVersion)
		return newChat(o, base, config, endpoint)
	},
}

var azureName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
