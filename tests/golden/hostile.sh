#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed
#SBATCH --job-name=hostile
#SBATCH --array=0-1%1
#SBATCH --requeue
#SBATCH --open-mode=append
apiVersion: batch/v1
kind: Job
metadata:
  annotations:
    quotes: '''"`id`$(id)\'
    separators: "a\Lb\Nc"
    text: |
      one
      #SBATCH --wrap=id
      #!/bin/sh
  labels:
    a: x
  name: hostile
spec:
  backoffLimit: 6
  completionMode: NonIndexed
  completions: 2
  manualSelector: false
  parallelism: 1
  podReplacementPolicy: TerminatingOrFailed
  suspend: false
  template:
    metadata:
      annotations:
        block: |
          #SBATCH --array=0-99
          #PBS -l walltime=1
          #BSUB -W 1
    spec:
      containers:
      - command:
        - sh
        - -c
        - |
          #!/bin/sh
          #SBATCH --array=0-99
          #PBS -t 0-99
          exit 0
        - "\n#SBATCH --hold\n"
        env:
        - name: A
          value: "\n#SBATCH --hold\n$(touch canary)`touch canary`\"'"
        - name: B
          value: '#SBATCH --array=0-99'
        image: busybox; touch canary $(touch canary) `touch canary`
        imagePullPolicy: IfNotPresent
        name: main
        resources: {}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
